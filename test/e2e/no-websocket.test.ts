import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { overHttp } from '../support/clients.ts'
import { ShiftableClock } from '../support/clock.ts'
import { type NoUpgradeProxy, startNoUpgradeProxy } from '../support/no-upgrade-proxy.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { closePages, launchBrowser, newPage } from './browser.ts'
import { scanQr } from './qr.ts'

vi.setConfig({ testTimeout: 90_000 })

let browser: Browser
let stage: Stage
let proxy: NoUpgradeProxy
const clock = new ShiftableClock()

beforeAll(async () => {
  browser = await launchBrowser()
  stage = await startStage({ clock, watcher: { factsRetryWindowMs: 500 } })
  proxy = await startNoUpgradeProxy(stage.gateway.url)
})
afterEach(() => closePages(browser))
afterAll(async () => {
  await browser.close()
  await proxy[Symbol.asyncDispose]()
  await stage[Symbol.asyncDispose]()
})

const title = (page: Page, name: string) => page.getByRole('heading', { name }).waitFor()

/** A customer whose network blocks WebSockets, with the code on the screen. */
async function customer() {
  const { page } = await newPage(browser)
  await page.goto(proxy.url)
  await page.locator('input[value="age-over-18"]').check()
  await page.getByRole('button', { name: 'Verify' }).click()
  await title(page, 'Approve in the Portmone app')
  await page.getByRole('img', { name: /Portmone/ }).waitFor()
  return { page, code: await scanQr(page) }
}

async function newestId() {
  const { data } = await overHttp(stage.gateway.url, await stage.partnerKey()).run(
    '{ shareRequests(first: 1) { edges { node { id } } } }',
  )
  return data.shareRequests.edges[0].node.id
}

test('without a WebSocket an approval arrives, and the customer reaches the secure page', async () => {
  const { page, code } = await customer()
  stage.sandbox.approve(code, 'adult')
  await page.waitForURL('**/secure?lang=en')
  expect(proxy.refused).toBeGreaterThan(0)
})

test('without a WebSocket a failed check arrives', async () => {
  const { page, code } = await customer()
  stage.sandbox.approve(code, 'minor')
  await title(page, 'Not verified')
})

test('without a WebSocket a decline arrives', async () => {
  const { page, code } = await customer()
  stage.sandbox.decline(code)
  await title(page, 'You declined')
})

test('without a WebSocket a cancel by the partner arrives', async () => {
  const { page } = await customer()
  const { run } = overHttp(stage.gateway.url, await stage.partnerKey())
  const { data } = await run(
    'mutation ($id: ID!) { cancelShareRequest(input: { id: $id }) { __typename } }',
    {
      id: await newestId(),
    },
  )
  expect(data.cancelShareRequest.__typename).toBe('ShareRequest')
  await title(page, 'Cancelled')
})

test('without a WebSocket an expiry arrives', async () => {
  const { page } = await customer()
  clock.advance(301_000)
  await title(page, 'The code has expired')
})

test('without a WebSocket nothing says "Reconnecting" once the gateway answers over HTTP', async () => {
  const { page } = await customer()
  await page.getByText('Reconnecting').waitFor()
  await page.getByText('Connection restored.').waitFor()
  expect(await page.getByText('Reconnecting').count()).toBe(0)
})

// Last, because its Portmone errors open the circuit.
test('without a WebSocket a failure arrives', async () => {
  const { page, code } = await customer()
  stage.sandbox.misbehave({ kind: 'server-error', call: 'facts' })
  stage.sandbox.approve(code, 'adult')
  await title(page, 'This didn’t work')
})
