import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type Stage, startStage } from '../support/stage.ts'
import { violations } from './accessibility.ts'
import { closePages, launchBrowser, newPage } from './browser.ts'

vi.setConfig({ testTimeout: 90_000 })

let browser: Browser
let shop: Server
let shopUrl: string
let stage: Stage
/** Paths and queries of the requests to the shop. */
let visits: string[]

beforeAll(async () => {
  shop = createServer((request, response) => {
    visits.push(request.url ?? '')
    response.setHeader('content-type', 'text/html').end('<h1>Shop</h1>')
  })
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
  shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`
  browser = await launchBrowser()
  stage = await startStage({ config: { returnOrigins: [shopUrl] } })
})
beforeEach(() => {
  visits = []
})
afterEach(() => closePages(browser))
afterAll(async () => {
  await browser.close()
  await stage[Symbol.asyncDispose]()
  shop.close()
})

const title = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor()
const wayBack = (page: Page) => page.getByRole('link', { name: `Back to ${new URL(shopUrl).host}` })

const link = (parameters: Record<string, string>) =>
  `${stage.gateway.url}/?${new URLSearchParams({ policy: 'age-over-18', ...parameters })}`
const hosted = (reference: string) => link({ reference, return: `${shopUrl}/done?basket=3` })

/** Follows the shop's link and resolves with the code. */
async function follow(href: string) {
  const visit = await newPage(browser)
  await visit.page.goto(`${shopUrl}/`)
  await visit.page.goto(href)
  await title(visit.page, 'Approve in the Portmone app')
  return { ...visit, code: await codeOf(visit.page) }
}

async function codeOf(page: Page): Promise<string> {
  const code = await page.getByRole('link', { name: 'Open on this device' }).getAttribute('href')
  if (code === null) throw new Error('The link has no address.')
  return code
}

/** What the gateway tells the partner's server about a share request. */
async function read(id: string) {
  const response = await fetch(`${stage.gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await stage.partnerKey(['share-requests:read'])}`,
    },
    body: JSON.stringify({
      query: 'query ($id: ID!) { shareRequest(id: $id) { reference policy { name } status { __typename } } }',
      variables: { id },
    }),
  })
  return await response.json()
}
const idIn = (url: string) => new URL(url, shopUrl).searchParams.get('share_request') ?? ''
const creates = () => stage.sandbox.calls('create').count

test('a customer comes from the shop, is verified and goes back by itself', async () => {
  const { page, code, faults } = await follow(hosted('session-1'))
  expect(await page.title()).toBe('Approve in the Portmone app · 127.0.0.1')
  expect(await violations(page)).toEqual([])
  stage.sandbox.approve(code, 'adult')
  await title(page, 'Verified')
  await page.waitForURL(`${shopUrl}/done?*`)
  const url = page.url()
  expect(url).toBe(`${shopUrl}/done?basket=3&share_request=${idIn(url)}`)
  expect(await read(idIn(url))).toMatchObject({
    data: {
      shareRequest: {
        reference: 'session-1',
        policy: { name: 'age-over-18' },
        status: { __typename: 'ApprovedStatus' },
      },
    },
  })
  expect(faults).toEqual([])

  // A customer who comes back later is not taken on, and no verification is started.
  const before = creates()
  await page.goBack()
  await title(page, 'Before you start')
  await page.reload()
  await title(page, 'Before you start')
  expect(creates()).toBe(before)
  expect(page.url()).toContain(stage.gateway.url)
})

test.each([
  ['declines', 'You declined', (code: string) => stage.sandbox.decline(code)],
  ['is too young', 'Not verified', (code: string) => stage.sandbox.approve(code, 'minor')],
])('a customer who %s is offered the way back', async (_, heading, answer) => {
  const { page, code } = await follow(hosted('session-2'))
  answer(code)
  await title(page, heading)
  expect(await violations(page)).toEqual([])
  await wayBack(page).last().click()
  await page.waitForURL(`${shopUrl}/done?*`)
  expect(await read(idIn(page.url()))).toMatchObject({ data: { shareRequest: { reference: 'session-2' } } })
})

test('a reload resumes the share request; another reference gets its own', async () => {
  const { context, page, code } = await follow(hosted('session-3'))
  await page.reload()
  await title(page, 'Approve in the Portmone app')
  expect(await codeOf(page)).toBe(code)
  await page.goto(hosted('session-4'))
  await title(page, 'Approve in the Portmone app')
  expect(await codeOf(page)).not.toBe(code)
  await context.close()
})

test('the customer can go back before answering', async () => {
  const { page } = await follow(hosted('session-5'))
  await wayBack(page).click()
  await page.waitForURL(`${shopUrl}/done?basket=3`)
})

test('a link that leads on to a site that is not allowed starts nothing, and says why', async () => {
  const { page } = await newPage(browser)
  const before = creates()
  await page.goto(link({ return: 'https://evil.example/' }))
  await title(page, 'This link doesn’t work')
  await page.getByText('https://evil.example, which isn’t allowed here. Go back').waitFor()
  expect(await violations(page)).toEqual([])
  expect(creates()).toBe(before)
})

test('without a return URL, a customer who is too young can choose another verification', async () => {
  const { page, code } = await follow(link({ reference: 'session-6' }))
  stage.sandbox.approve(code, 'minor')
  await title(page, 'Not verified')
  expect(await page.getByRole('button', { name: 'Start again' }).count()).toBe(0)
  await page.getByRole('button', { name: 'Choose another verification' }).click()
  await title(page, 'What would you like to verify?')
})

test('back, back and forward after a verification start nothing', async () => {
  const { page } = await newPage(browser)
  await page.goto(stage.gateway.url)
  await page.getByRole('button', { name: 'Verify' }).click()
  await title(page, 'Approve in the Portmone app')
  stage.sandbox.approve(await codeOf(page), 'adult')
  await page.waitForURL('**/secure?lang=en')
  const before = creates()
  await page.goBack()
  await title(page, 'Before you start')
  await page.goBack()
  await title(page, 'What would you like to verify?')
  await page.goForward()
  await title(page, 'Before you start')
  expect(creates()).toBe(before)
})

/** Withholds the answer to `path` until the test ends. */
async function hang(context: BrowserContext, path: string) {
  await context.route(`**/${path}`, () => new Promise(() => {}))
}

test('the page works while its brand does not load', async () => {
  const { context, page } = await newPage(browser)
  await hang(context, 'brand.json')
  await page.goto(stage.gateway.url, { waitUntil: 'commit' })
  await page.getByRole('button', { name: 'Verify' }).click()
  await title(page, 'Approve in the Portmone app')
  await page.getByRole('heading', { level: 1, name: '127.0.0.1' }).waitFor()
})

test('on a slow network the page shows its outline long before its script has loaded', async () => {
  const { context, page } = await newPage(browser)
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 400,
    downloadThroughput: (400 * 1000) / 8,
    uploadThroughput: (400 * 1000) / 8,
  })
  await page.goto(stage.gateway.url, { waitUntil: 'commit' })
  await page.getByRole('button', { name: 'Verify' }).waitFor()
  const { painted, loaded } = await page.evaluate(() => {
    const [navigation] = performance.getEntriesByType('navigation')
    const [paint] = performance.getEntriesByName('first-paint')
    if (!(navigation instanceof PerformanceNavigationTiming) || paint === undefined)
      throw new Error('The browser has not measured the page.')
    return { painted: paint.startTime, loaded: navigation.responseEnd }
  })
  // Two round trips. The whole page takes about six.
  expect(painted).toBeLessThan(1_000)
  expect(loaded).toBeGreaterThan(1_500)
})
