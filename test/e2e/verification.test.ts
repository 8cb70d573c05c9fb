import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { personas } from '../../portmone/sandbox/personas.ts'
import { ShiftableClock } from '../support/clock.ts'
import { gatewaySecret, type Stage, startStage, testPartner } from '../support/stage.ts'
import { overflows, violations } from './accessibility.ts'
import { closePages, launchBrowser, newPage } from './browser.ts'
import { scanQr } from './qr.ts'

vi.setConfig({ testTimeout: 90_000 })

let browser: Browser
let stage: Stage
let partnerKey: string

const clock = new ShiftableClock()

beforeAll(async () => {
  browser = await launchBrowser()
  stage = await startStage({ clock })
  partnerKey = await stage.partnerKey()
})
afterEach(() => closePages(browser))
afterAll(async () => {
  await browser.close()
  await stage[Symbol.asyncDispose]()
})

/** A customer at the partner's page. */
async function customer(options: BrowserContextOptions = {}) {
  const visit = await newPage(browser, options)
  await visit.page.goto(stage.gateway.url)
  return visit
}

/** Chooses a policy and presses Verify; resolves when the QR code is shown. */
async function verify(page: Page, policy: string) {
  await page.locator(`input[value="${policy}"]`).check()
  await page.getByRole('button', { name: 'Verify' }).click()
  await title(page, 'Approve in the Portmone app')
  await page.getByRole('img', { name: /Portmone/ }).waitFor()
}

const title = (page: Page, text: string | RegExp) => page.getByRole('heading', { name: text }).waitFor()

/** The text of the QR code on the screen, read from a screenshot as by a phone's camera. */
const scan = scanQr

/** Opens the code on the customer's phone, as one of the personas. */
async function answer(context: BrowserContext, code: string, persona: keyof typeof personas, button: RegExp) {
  const phone = await context.newPage()
  await phone.goto(code)
  await phone.getByLabel(personas[persona].label).check()
  await phone.getByRole('button', { name: button }).click()
  return phone
}

test('a customer scans, approves and reaches the secure page', async () => {
  const { context, page, faults } = await customer()
  const requests: string[] = []
  const frames: string[] = []
  page.on('request', (request) =>
    requests.push(`${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ''}`),
  )
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => frames.push(String(payload)))
    socket.on('framereceived', ({ payload }) => frames.push(String(payload)))
  })
  const answers: Promise<string>[] = []
  page.on('response', (response) => answers.push(response.text().catch(() => '')))

  await verify(page, 'kyc-basic')
  for (const text of ['Full name', 'Date of birth', 'Nationality', 'The law requires us to know'])
    expect(await page.getByText(text).first().isVisible()).toBe(true)
  const code = await scan(page)
  expect(new URL(code).origin).toBe(stage.sandbox.url)
  await answer(context, code, 'adult', /approve/i)
  await page.waitForURL('**/secure?lang=en')
  await title(page, 'You’re verified')
  expect(await page.getByText('We serve citizens of your country').isVisible()).toBe(true)
  expect(faults).toEqual([])

  // Nothing that the page sent or received contains a credential, a token or a fact.
  const everything = [...requests, ...frames, ...(await Promise.all(answers))].join('\n')
  expect(frames.join()).toContain('ApprovedStatus')
  const { fullName, dateOfBirth, documentNumber } = personas.adult.facts
  for (const secret of [
    gatewaySecret,
    testPartner.clientSecret,
    testPartner.clientId,
    partnerKey,
    fullName,
    dateOfBirth,
    documentNumber,
  ])
    expect(everything).not.toContain(secret)
  // No URL contains the clientSecret.
  expect(requests.map((request) => request.split(' ', 1)[0]).join()).not.toMatch(/clientSecret/)
  expect(await page.evaluate(() => localStorage.length)).toBe(0)
})

test('the language that the customer chooses stays, after going back and on the secure page', async () => {
  const { context, page } = await customer()
  await verify(page, 'kyc-basic')
  const code = await scan(page)
  await page.getByRole('button', { name: 'Українська' }).click()
  await title(page, 'Підтвердьте запит у застосунку Portmone')
  await page.goBack()
  await title(page, 'Що ви хочете підтвердити?')
  await page.goForward()
  await answer(context, code, 'adult', /approve/i)
  await page.waitForURL('**/secure?lang=uk')
  await title(page, 'Перевірку пройдено')
})

test.each([
  ['minor', 'Not verified', 'Not passed'],
  ['no-birth-date', 'Could not be verified', 'Inconclusive'],
] as const)('approved as %s: %s, with each check and the next step', async (persona, heading, verdict) => {
  const { context, page } = await customer()
  await verify(page, 'age-over-18')
  await answer(context, await scan(page), persona, /approve/i)
  await title(page, heading)
  expect(await page.getByText(verdict, { exact: true }).isVisible()).toBe(true)
  expect(await violations(page)).toEqual([])
  await page.goto(`${stage.gateway.url}/secure`)
  await title(page, 'Verify yourself to see this page')
  await page.goBack()
  await title(page, 'Before you start')
  await page.getByRole('button', { name: 'Verify' }).click()
  await title(page, 'Approve in the Portmone app')
})

test('a decline on the phone is shown', async () => {
  const { context, page } = await customer()
  await verify(page, 'age-over-18')
  await answer(context, await scan(page), 'adult', /decline/i)
  await title(page, 'You declined')
  expect(await violations(page)).toEqual([])
  await page.getByRole('button', { name: 'Start again' }).click()
  await title(page, 'Approve in the Portmone app')
})

test('after an expiry one press gives a new code', async () => {
  const { page } = await customer()
  await verify(page, 'age-over-18')
  const code = await scan(page)
  clock.advance(301_000)
  await title(page, 'The code has expired')
  expect(await violations(page)).toEqual([])
  await page.getByRole('button', { name: 'Get a new code' }).click()
  await title(page, 'Approve in the Portmone app')
  expect(await scan(page)).not.toBe(code)
})

test('a cancel in the page is final', async () => {
  const { page } = await customer()
  await verify(page, 'age-over-18')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await title(page, 'Cancelled')
})

test('a reload in the middle continues with the same share request', async () => {
  const { context, page } = await customer()
  await verify(page, 'kyc-basic')
  const code = await scan(page)
  await page.reload()
  await title(page, 'Approve in the Portmone app')
  expect(await scan(page)).toBe(code)
  await answer(context, code, 'adult', /approve/i)
  await page.waitForURL('**/secure?lang=en')
})

test('a reload after the answer shows the answer', async () => {
  const { context, page } = await customer()
  await verify(page, 'age-over-18')
  const code = await scan(page)
  await context.setOffline(true)
  await page.getByText('Reconnecting').waitFor()
  stage.sandbox.decline(code)
  await context.setOffline(false)
  await title(page, 'You declined')
})

test('a restart of the gateway in the middle is shown, and recovers', async () => {
  const { context, page } = await customer()
  await verify(page, 'kyc-basic')
  const code = await scan(page)
  await stage.restartGateway()
  await answer(context, code, 'adult', /approve/i)
  await page.waitForURL('**/secure?lang=en')
})

test('an outage of Portmone at the start is shown, and a retry with the same key works', async () => {
  const { page } = await customer()
  const fault = stage.sandbox.misbehave({ kind: 'server-error', call: 'create' })
  const creates = stage.sandbox.calls('create').count
  await page.locator('input[value="age-over-18"]').check()
  await page.getByRole('button', { name: 'Verify' }).click()
  await title(page, 'Portmone is unavailable')
  expect(await violations(page)).toEqual([])
  stage.sandbox.clearFaults(fault)
  await page.getByRole('button', { name: 'Try again' }).click()
  await title(page, 'Approve in the Portmone app')
  expect(stage.sandbox.calls('create').count).toBeGreaterThan(creates + 1)
})

test('two pages show the same share request', async () => {
  const { context, page } = await customer()
  await verify(page, 'age-over-18')
  const code = await scan(page)
  const saved = await page.evaluate(() => JSON.stringify({ ...sessionStorage }))
  const second = await context.newPage()
  await second.addInitScript((stored) => {
    for (const [name, value] of Object.entries(JSON.parse(stored)))
      sessionStorage.setItem(name, String(value))
  }, saved)
  await second.goto(page.url())
  // Like a duplicated tab: the storage and the history entry are copied.
  await second.evaluate(() => history.replaceState({ opened: true }, ''))
  await second.reload()
  await title(second, 'Approve in the Portmone app')
  expect(await scan(second)).toBe(code)
  stage.sandbox.decline(code)
  await Promise.all([title(page, 'You declined'), title(second, 'You declined')])
})

test.each([360, 768, 1280])(
  'at %i px, light and dark, axe finds nothing serious and nothing is cut off',
  async (width) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await customer({ viewport: { width, height: 800 }, colorScheme })
      await page.getByRole('button', { name: 'Verify' }).waitFor()
      expect(await violations(page)).toEqual([])
      await page.getByRole('button', { name: 'Verify' }).click()
      await page.getByRole('link', { name: 'Open on this device' }).waitFor()
      if (width < 640) await page.getByRole('button', { name: 'Show the code' }).click()
      await page.getByRole('img', { name: /Portmone/ }).waitFor()
      expect(await violations(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
    }
  },
)

test("the partner's texts may have words wider than a phone", async () => {
  const name = 'x'.repeat(64)
  const purpose = 'Altersnachweisverordnung'.repeat(4)
  const checks = [{ name, ageOver: 18 }]
  await using wordy = await startStage({
    policies: [{ name, access: 'PUBLIC', purpose, facts: ['AGE_OVER_18'], checks, lifetime: 300 }],
  })
  const { page } = await newPage(browser, { viewport: { width: 320, height: 700 } })
  await page.goto(wordy.gateway.url)
  await page.getByText(purpose).waitFor()
  expect(await overflows(page)).toBe(false)
  await page.getByRole('button', { name: 'Verify' }).click()
  const code = await page.getByRole('link', { name: 'Open on this device' }).getAttribute('href')
  expect(await overflows(page)).toBe(false)
  wordy.sandbox.approve(code ?? '', 'minor')
  await page.getByText('Xxxxx').waitFor()
  expect(await overflows(page)).toBe(false)
})
