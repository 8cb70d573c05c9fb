import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { overHttp } from '../support/clients.ts'
import { create } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { launchBrowser, newPage } from './browser.ts'

vi.setConfig({ testTimeout: 120_000 })

let browser: Browser
let stage: Stage

beforeAll(async () => {
  browser = await launchBrowser()
  stage = await startStage({ config: { graphiql: true } })
})
afterAll(async () => {
  await browser.close()
  await stage[Symbol.asyncDispose]()
})

/** GraphiQL as a newcomer sees it. Requests to other origins count as faults, too. */
async function open(path: string) {
  const { page, faults } = await newPage(browser)
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(stage.gateway.url) && !/^(blob|data):/.test(url)) faults.push(url)
  })
  await page.goto(stage.gateway.url + path)
  return { page, faults }
}

const execute = (page: Page) => page.getByRole('button', { name: /execute query/i }).click()

/** Resolves when the answer contains the text. */
const answered = (page: Page, text: RegExp) =>
  expect
    .poll(() => page.locator('.graphiql-response .view-lines').textContent(), { timeout: 30_000 })
    .toMatch(text)

test('the first tab creates without edits, with a new idempotency key at each load', async () => {
  const keys = new Set<string>()
  for (let load = 0; load < 2; load++) {
    const { page, faults } = await open('/graphql')
    const request = page.waitForRequest((sent) => sent.postData()?.includes('mutation Create') ?? false)
    await execute(page)
    keys.add(JSON.parse((await request).postData() ?? '{}').variables.input.idempotencyKey)
    await answered(page, /CreateShareRequestSuccess/)
    expect(faults).toEqual([])
  }
  expect(keys.size).toBe(2)
})

/** Replaces the text of the editor that is open below the query. */
async function write(page: Page, value: object) {
  const text = page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .view-lines')
  await text.click({ delay: 50 })
  await page.keyboard.press('ControlOrMeta+A')
  await page.evaluate((pasted) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', pasted)
    document.activeElement?.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
    )
  }, JSON.stringify(value))
  // The editor shows spaces as no-break spaces.
  await expect
    .poll(async () => (await text.textContent())?.replaceAll('\u00a0', ' '))
    .toBe(JSON.stringify(value))
}

const openTab = async (page: Page, index: number) => {
  await page.locator('.graphiql-tab-button').nth(index).click()
  await expect
    .poll(() => page.locator('.graphiql-query-editor .view-lines').textContent())
    .toMatch(new RegExp(`#.${index + 1}\\.`))
}

test('the other tabs subscribe, read and list with the values of the first, and the browser stores none', async () => {
  const { id, clientSecret, code } = await create(overHttp(stage.gateway.url))
  const authorization = `Bearer ${await stage.partnerKey()}`
  const { page, faults } = await open('/graphql')

  await openTab(page, 1)
  await write(page, { id, clientSecret })
  await execute(page)
  await answered(page, /PendingStatus/)
  stage.sandbox.approve(code, 'adult')
  await answered(page, /ApprovedStatus/)

  await openTab(page, 2)
  await write(page, { id })
  await page.getByRole('button', { name: 'Headers' }).click({ delay: 50 })
  await write(page, { authorization })
  await execute(page)
  await answered(page, /1987-11-19/)

  await openTab(page, 3)
  await page.getByRole('button', { name: 'Headers' }).click({ delay: 50 })
  await write(page, { authorization })
  await execute(page)
  await answered(page, new RegExp(`"shareRequests".*"${id}"`))

  await openTab(page, 4)
  await page.getByRole('button', { name: 'Headers' }).click({ delay: 50 })
  await write(page, { authorization })
  await execute(page)
  await expect.poll(() => stage.gateway.subscribers).toBe(1)
  const later = await create(overHttp(stage.gateway.url))
  await answered(page, new RegExp(`"shareRequestChanges".*"${later.id}"`))

  expect(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).toBe('{}')
  expect(faults).toEqual([])
})

test('a subscription streams over WebSocket, and nothing is loaded from other origins', async () => {
  const { id, clientSecret, code } = await create(overHttp(stage.gateway.url))
  const follow = `subscription { shareRequestStatus(id: "${id}", clientSecret: "${clientSecret}") { __typename } }`
  const { page, faults } = await open(`/graphql?query=${encodeURIComponent(follow)}`)
  await execute(page)
  await answered(page, /PendingStatus/)
  stage.sandbox.approve(code, 'adult')
  await answered(page, /ApprovedStatus/)
  expect(faults).toEqual([])
})

test('every tab opens at the first click', async () => {
  const { page, faults } = await open('/graphql')
  const queryText = page.locator('.graphiql-query-editor .view-lines')
  await expect.poll(() => queryText.textContent()).toMatch(/#.1\./)
  for (const index of [3, 0, 2, 1, 3, 1, 0, 2]) {
    const box = await page.locator('.graphiql-tab-button').nth(index).boundingBox()
    if (box === null) throw new Error('no tab')
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 5 })
    await page.mouse.down()
    await page.mouse.up()
    await expect.poll(() => queryText.textContent()).toMatch(new RegExp(`#.${index + 1}\\.`))
  }
  expect(faults).toEqual([])
})

test('a partner key in the headers is sent with the WebSocket', async () => {
  const { id, code } = await create(overHttp(stage.gateway.url))
  const authorization = `Bearer ${await stage.partnerKey(['share-requests:read'])}`
  const { page, faults } = await open('/graphql')
  await openTab(page, 1)
  await write(page, { id })
  await page.getByRole('button', { name: 'Headers' }).click({ delay: 50 })
  await write(page, { authorization })
  await execute(page)
  await answered(page, /PendingStatus/)
  stage.sandbox.approve(code, 'adult')
  await answered(page, /ApprovedStatus/)
  expect(faults).toEqual([])
})

test('a socket that cannot be opened is explained in a sentence', async () => {
  await using refusing = await startStage({
    config: { graphiql: true, publicUrl: 'https://shop.example' },
  })
  const { page } = await newPage(browser)
  // The client waits up to half a minute in total between its attempts.
  await page.clock.install()
  await page.goto(`${refusing.gateway.url}/graphql`)
  await openTab(page, 1)
  await write(page, { id: 'x' })
  await execute(page)
  await expect
    .poll(
      async () => {
        await page.clock.runFor(5_000)
        return page.locator('.graphiql-response .view-lines').textContent()
      },
      { timeout: 60_000 },
    )
    .toMatch(/The.WebSocket.could.not.be.opened\./)
})
