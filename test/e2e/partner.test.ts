import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { personas } from '../../portmone/sandbox/personas.ts'
import { overHttp } from '../support/clients.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { overflows, violations } from './accessibility.ts'
import { closePages, launchBrowser, newPage } from './browser.ts'

vi.setConfig({ testTimeout: 90_000 })

let browser: Browser
let stage: Stage
let key: string

beforeAll(async () => {
  browser = await launchBrowser()
  stage = await startStage()
  key = await stage.partnerKey()
})
afterEach(() => closePages(browser))
afterAll(async () => {
  await browser.close()
  await stage[Symbol.asyncDispose]()
})

/** Someone of the partner's at the overview, not signed in. `urls` fills with all that the page asks for. */
async function visitor(options: BrowserContextOptions = {}) {
  const { page, faults } = await newPage(browser, options)
  const urls: string[] = []
  page.on('request', (request) => urls.push(request.url()))
  await page.goto(`${stage.gateway.url}/partner`)
  return { page, faults, urls }
}

async function signIn(page: Page, given: string) {
  await page.getByLabel('Partner key').fill(given)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function signedIn(options?: BrowserContextOptions) {
  const visit = await visitor(options)
  await signIn(visit.page, key)
  await visit.page.getByRole('heading', { name: 'Share requests' }).waitFor()
  return visit
}

/** A new share request of a customer. */
async function create(reference: string, policy = 'kyc-basic') {
  const { data } = await overHttp(stage.gateway.url).run(
    `mutation ($input: CreateShareRequestInput!) {
      createShareRequest(input: $input) {
        ... on CreateShareRequestSuccess { shareRequest { status { ... on PendingStatus { code } } } }
      }
    }`,
    { input: { policy, reference, idempotencyKey: crypto.randomUUID() } },
  )
  return String(data.createShareRequest.shareRequest.status.code)
}

const row = (page: Page, state: string, reference: string) =>
  page.getByRole('button', { name: new RegExp(`^${state}.*${reference}`) })

test('a wrong key is refused with the reason, and one without the scope too', async () => {
  const { page } = await visitor()
  await signIn(page, 'wrong')
  await page.getByText('This key is not valid').waitFor()
  await signIn(page, await stage.partnerKey(['share-requests:write']))
  await page.getByText('This key lacks the scope').waitFor()
  expect(await violations(page)).toEqual([])
})

test('share requests appear and change live; facts are revealed on request only, and stored nowhere', async () => {
  const { page, faults, urls } = await signedIn()
  const code = await create('order 1001')
  await row(page, 'Pending', 'order 1001').waitFor()
  stage.sandbox.approve(code, 'adult')
  const approved = row(page, 'Approved, passed', 'order 1001')
  await approved.waitFor()

  await approved.click()
  const detail = page.getByRole('region', { name: 'kyc-basic' })
  const timeline = detail.getByRole('listitem')
  await timeline.nth(1).waitFor()
  expect(await timeline.nth(0).textContent()).toContain('Pending')
  expect(await timeline.nth(1).textContent()).toMatch(
    /Approved, passed.*We serve citizens of your countryPassed/,
  )

  const { fullName } = personas.adult.facts
  expect(await page.content()).not.toContain(fullName)
  await detail.getByRole('button', { name: 'Reveal facts' }).click()
  await detail.getByText(fullName).waitFor()
  expect(await kept(page)).not.toMatch(new RegExp(`${fullName}|${key}`))
  await detail.getByRole('button', { name: 'Hide facts' }).click()
  expect(await page.content()).not.toContain(fullName)

  await detail.getByRole('button', { name: 'Reveal facts' }).click()
  await detail.getByText(fullName).waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Partner key').waitFor()
  expect(await page.content()).not.toContain(fullName)
  expect(await kept(page)).not.toMatch(new RegExp(`${fullName}|${key}`))
  expect(urls.join('\n')).not.toContain(key)
  expect(faults).toEqual([])

  await page.reload()
  await page.getByLabel('Partner key').waitFor()
  expect(await page.getByLabel('Partner key').inputValue()).toBe('')
})

/** All that a page can keep beyond itself, and its address, as one text. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const caches = await window.caches?.keys()
    const databases = await indexedDB.databases()
    return JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      document.cookie,
      location.href,
      history.state,
      caches,
      databases,
    ])
  })

test('with the keyboard alone, the focus is never lost', async () => {
  stage.sandbox.approve(await create('order 4001'), 'adult')
  await create('order 4002')
  const { page } = await visitor()
  const focused = () => page.evaluate(() => document.activeElement?.textContent)
  const press = (name: string) => page.getByRole('button', { name }).press('Enter')
  await page.getByLabel('Partner key').fill(key)
  await page.getByLabel('Partner key').press('Enter')
  await page.getByRole('heading', { name: 'Share requests' }).waitFor()
  await expect.poll(focused).toBe('Share requests')

  await row(page, 'Approved, passed', 'order 4001').press('Enter')
  await press('Reveal facts')
  await page.getByRole('button', { name: 'Hide facts' }).waitFor()
  await expect.poll(focused).toBe('Hide facts')
  await press('Hide facts')
  await expect.poll(focused).toBe('Reveal facts')

  await row(page, 'Pending', 'order 4002').press('Enter')
  await press('Cancel request')
  await page.getByRole('status').filter({ hasText: 'Done.' }).waitFor()
  await page.getByRole('button', { name: 'Cancel request' }).waitFor({ state: 'detached' })
  await expect.poll(focused).toBe('kyc-basic')
  expect(await page.getByText('Done.').isVisible()).toBe(true)

  await press('Sign out')
  await page.getByLabel('Partner key').waitFor()
  await expect.poll(focused).toBe('Sign in with a partner key')
})

test('share requests are filtered by state and reference, and cancelled', async () => {
  await Promise.all([create('order 2001'), create('order 2002', 'age-over-18')])
  const { page } = await signedIn()
  await page.getByLabel('Policy').selectOption('age-over-18')
  await row(page, 'Pending', 'order 2002').waitFor()
  expect(await row(page, 'Pending', 'order 2001').count()).toBe(0)
  await page.getByLabel('Policy').selectOption('')
  await page.getByLabel('Reference').fill('order 2001')
  await page.getByLabel('Reference').press('Enter')
  await row(page, 'Pending', 'order 2001').click()
  expect(await row(page, 'Pending', 'order 2002').count()).toBe(0)
  await page.getByLabel('State').selectOption('PENDING')
  await page.getByRole('button', { name: 'Cancel request' }).click()
  await page.getByRole('listitem').filter({ hasText: 'Cancelled' }).waitFor()
  await row(page, 'Pending', 'order 2001').waitFor({ state: 'detached' })
})

test('more share requests are loaded by the cursor', async () => {
  await Promise.all(Array.from({ length: 25 }, (_, n) => create(`many ${n}`)))
  const { page } = await signedIn()
  const rows = page.getByRole('button', { name: /order|many/ })
  await rows.nth(19).waitFor()
  await page.getByRole('button', { name: 'Load more' }).click()
  await rows.nth(24).waitFor()
})

test('a revoked key signs the partner out, with the reason', async () => {
  const { store } = stage.gateway
  const revoked = await stage.partnerKey()
  await create('order 3001')
  const { page } = await visitor()
  await signIn(page, revoked)
  await row(page, 'Pending', 'order 3001').waitFor()
  const [newest] = await store.listPartnerKeys()
  await store.revokePartnerKey(newest!.id, store.now())
  await page.getByText('This key is not valid').waitFor()
  expect(await row(page, 'Pending', 'order 3001').count()).toBe(0)
})

test.each([360, 768, 1280])(
  'at %i px, light and dark, axe finds nothing and nothing is cut off',
  async (width) => {
    const reference = `shown at ${width}`
    const code = await create(reference)
    stage.sandbox.approve(code, 'adult')
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await visitor({ viewport: { width, height: 800 }, colorScheme })
      const isFine = async () => {
        expect(await violations(page)).toEqual([])
        expect(await overflows(page)).toBe(false)
      }
      await isFine()
      await signIn(page, key)
      await row(page, 'Approved, passed', reference).waitFor()
      await isFine()
      await row(page, 'Approved, passed', reference).click()
      await page.getByRole('button', { name: 'Reveal facts' }).click()
      await page.getByRole('button', { name: 'Hide facts' }).waitFor()
      await isFine()
    }
  },
)
