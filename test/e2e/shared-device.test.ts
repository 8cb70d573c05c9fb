import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type Stage, startStage } from '../support/stage.ts'
import { closePages, launchBrowser, newPage } from './browser.ts'
import { scanQr } from './qr.ts'

vi.setConfig({ testTimeout: 90_000 })

let browser: Browser
let stage: Stage

beforeAll(async () => {
  browser = await launchBrowser()
  stage = await startStage()
})
afterEach(() => closePages(browser))
afterAll(async () => {
  await browser.close()
  await stage[Symbol.asyncDispose]()
})

const title = (page: Page, text: string) => page.getByRole('heading', { name: text }).waitFor()
const press = (page: Page, name: string) => page.getByRole('button', { name }).click()

/** A shop's tablet: one tab, in which several customers are verified. Requests to /secure are added to `posts`. */
async function tablet() {
  const { page, faults } = await newPage(browser)
  const posts: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/secure')) posts.push(request.url())
  })
  await page.goto(stage.gateway.url)
  return { page, posts, faults }
}

/** Presses Verify and resolves with the code on the page. */
async function verify(page: Page): Promise<string> {
  await page.locator('input[value="age-over-18"]').check()
  await press(page, 'Verify')
  return pendingCode(page)
}

async function pendingCode(page: Page): Promise<string> {
  await title(page, 'Approve in the Portmone app')
  await page.getByRole('img', { name: /Portmone/ }).waitFor()
  return scanQr(page)
}

/** Proves that the page follows a pending share request with this code: its decline arrives. */
async function expectPending(page: Page, code: string) {
  stage.sandbox.decline(code)
  await title(page, 'You declined')
}

/** A verified customer on the secure page. */
async function verifiedCustomer() {
  const visit = await tablet()
  const code = await verify(visit.page)
  stage.sandbox.approve(code, 'adult')
  await visit.page.waitForURL('**/secure?lang=en')
  await title(visit.page, 'You’re verified')
  expect(visit.posts).toHaveLength(1)
  return { ...visit, code }
}

test.each(['a link', 'the history'])(
  'after an approval the next customer who presses Verify gets a new code: back to the start by %s',
  async (way) => {
    const { page, posts, code, faults } = await verifiedCustomer()
    if (way === 'a link') await page.goto(stage.gateway.url)
    else {
      await page.goBack()
      await title(page, 'Before you start')
      await page.goBack()
    }
    const next = await verify(page)
    expect(next).not.toBe(code)
    await expectPending(page, next)
    expect(posts).toHaveLength(1)
    expect(faults).toEqual([])
  },
)

test('going back and forward in the history begins nothing', async () => {
  const { page, posts } = await verifiedCustomer()
  const creates = stage.sandbox.calls('create').count
  await page.goBack()
  await title(page, 'Before you start')
  await page.goBack()
  await title(page, 'What would you like to verify?')
  await page.goForward()
  await title(page, 'Before you start')
  expect(stage.sandbox.calls('create').count).toBe(creates)
  await press(page, 'Verify')
  await expectPending(page, await pendingCode(page))
  expect(stage.sandbox.calls('create').count).toBe(creates + 1)
  expect(posts).toHaveLength(1)
})

test('after a decline the next customer who presses Verify gets a new code', async () => {
  const { page, posts } = await tablet()
  const code = await verify(page)
  stage.sandbox.decline(code)
  await title(page, 'You declined')
  await press(page, 'All verifications')
  const next = await verify(page)
  expect(next).not.toBe(code)
  await expectPending(page, next)
  await page.goto(stage.gateway.url)
  expect(await verify(page)).not.toBe(next)
  expect(posts).toEqual([])
})

test('a reload after the end shows the start, and does not navigate', async () => {
  const { page, posts } = await tablet()
  // The page stays, so that it can be reloaded with its result.
  await page.route('**/secure', (route) => route.fulfill({ status: 204 }))
  // A reload would be aborted by the form's navigation, which ends when its answer has no page.
  const posted = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/secure'))
  stage.sandbox.approve(await verify(page), 'adult')
  await title(page, 'Verified')
  await posted
  await page.reload()
  await title(page, 'Before you start')
  await press(page, 'Verify')
  await expectPending(page, await pendingCode(page))
  expect(posts).toHaveLength(1)
})

test('an approval while the page was closed is shown after a reload, and continues only when pressed', async () => {
  const { page, posts } = await tablet()
  const code = await verify(page)
  const address = page.url()
  await page.goto('about:blank')
  await page.clock.install()
  stage.sandbox.approve(code, 'adult')
  await page.goBack()
  expect(page.url()).toBe(address)
  await title(page, 'Verified')
  expect(await page.getByText('Taking you to the next page').count()).toBe(0)
  // A customer who was watching would have been taken on by now.
  await page.clock.fastForward(10_000)
  expect(posts).toEqual([])
  await press(page, 'Continue')
  await title(page, 'You’re verified')
  expect(posts).toHaveLength(1)
})

test('an approval while the page was closed does not verify the next person who presses Verify', async () => {
  const { page, posts } = await tablet()
  const code = await verify(page)
  await press(page, 'All verifications')
  stage.sandbox.approve(code, 'adult')
  const next = await verify(page)
  expect(next).not.toBe(code)
  await expectPending(page, next)
  expect(posts).toEqual([])
})
