import { generate } from 'lean-qr'
import { toSvgSource } from 'lean-qr/extras/svg'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Sandbox, startSandbox } from '../../portmone/sandbox/sandbox.ts'
import { factNames, type NewShare } from '../../portmone/wire.ts'
import { partnerAt, share, shop } from '../sandbox/partner.ts'
import { overflows, violations } from './accessibility.ts'
import { closePages, launchBrowser } from './browser.ts'
import { readQr } from './qr.ts'

vi.setConfig({ testTimeout: 60_000 })

let browser: Browser
let sandbox: Sandbox
let partner: Awaited<ReturnType<typeof partnerAt>>
let now = Date.now()

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

beforeEach(async () => {
  now = Date.now()
  sandbox = await startSandbox({ partners: [shop], now: () => now })
  partner = await partnerAt(sandbox.url)
})
afterEach(async () => {
  await closePages(browser)
  await sandbox.stop()
})

/** A phone on which a new code was opened. */
async function openCode(options: BrowserContextOptions = {}, body: Partial<NewShare> = {}) {
  const { code } = await partner.create({ ...share, ...body })
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, ...options })
  const page = await context.newPage()
  await page.goto(code)
  return { code, page }
}

const heading = (page: Page) => page.getByRole('heading', { level: 1 }).textContent()
const everything = {
  facts: Object.values(factNames),
  purpose: `${'Because the law wants to know it. '.repeat(14)}`,
}

type Phone = Awaited<ReturnType<typeof openCode>>
const press = (name: string) => (phone: Phone) => phone.page.getByRole('button', { name }).click()

/** Every page of the phone: how to get there, and the code's status then. */
const pages: [title: string, status: string, reach: (phone: Phone) => Promise<unknown>][] = [
  ['Corner Shop asks you to share', 'PENDING', async () => {}],
  [
    'Shared with Corner Shop',
    'APPROVED',
    async (phone) => {
      await phone.page.getByLabel('A person with no birth date on record').check()
      await press('Approve and share')(phone)
    },
  ],
  ['You declined', 'DECLINED', press('Decline')],
  [
    'This code has expired',
    'PENDING',
    async (phone) => {
      now += share.lifetime * 1000
      await press('Approve and share')(phone)
    },
  ],
  ['We don’t know this code', 'PENDING', ({ code, page }) => page.goto(`${code}x`)],
  ['This is your phone', 'PENDING', ({ page }) => page.goto(sandbox.url)],
]

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test.each(pages)('"%s" is accessible and fits a phone', async (title, status, reach) => {
    const phone = await openCode({ colorScheme }, everything)
    await reach(phone)
    expect(await heading(phone.page)).toBe(title)
    expect(await violations(phone.page)).toEqual([])
    expect(await overflows(phone.page)).toBe(false)
    await phone.page.setViewportSize({ width: 320, height: 740 })
    expect(await overflows(phone.page)).toBe(false)
    expect(await partner.status(phone.code)).toBe(status)
  })
})

test('a QR code on a screen opens its page on the phone', async () => {
  const { code } = await partner.create()
  const screen = await browser.newPage()
  await screen.setContent(toSvgSource(generate(code), { width: 256, height: 256 }))
  const scanned = readQr(await screen.screenshot())
  expect(scanned).toBe(code)
  await screen.goto(scanned)
  expect(await heading(screen)).toBe('Corner Shop asks you to share')
  await screen.goto('about:blank')
  const blank = await screen.screenshot()
  expect(() => readQr(blank)).toThrow('no readable QR code')
})

test('approves without scripts, and with the keyboard alone', async () => {
  const { code, page } = await openCode({ javaScriptEnabled: false })
  for (const key of ['Tab', 'ArrowDown', 'Tab', 'Enter']) await page.keyboard.press(key)
  await page.waitForURL(code)
  expect(await heading(page)).toBe('Shared with Corner Shop')
  expect((await partner.facts(code)).facts.ageOver18).toBe(false)
  await page.reload()
  expect(await heading(page)).toBe('Shared with Corner Shop')
})

test('a page that is left open answers once', async () => {
  const { code, page } = await openCode()
  const second = await page.context().newPage()
  await second.goto(code)
  await page.getByRole('button', { name: 'Decline' }).click()
  expect(await heading(page)).toBe('You declined')
  await second.getByRole('button', { name: 'Approve and share' }).click()
  expect(await heading(second)).toBe('You’ve already declined this')
  expect(await partner.status(code)).toBe('DECLINED')
})

test('the page loads nothing from other origins and violates no policy', async () => {
  const { code } = await partner.create()
  const page = await browser.newPage()
  const asked: string[] = []
  const said: string[] = []
  page.on('request', (request) => void asked.push(request.url()))
  page.on('console', (message) => void said.push(message.text()))
  await page.goto(code)
  await page.getByRole('button', { name: 'Approve and share' }).click()
  expect(await heading(page)).toBe('Shared with Corner Shop')
  expect(asked.filter((url) => new URL(url).origin !== sandbox.url && !url.startsWith('data:'))).toEqual([])
  expect(asked).toContain(`${sandbox.url}/phone.css`)
  expect(said).toEqual([])
})

test('a CHROME_PATH that does not exist is an error, and not skipped', async () => {
  vi.stubEnv('CHROME_PATH', '/nowhere/chrome')
  await expect(launchBrowser()).rejects.toThrow('CHROME_PATH is /nowhere/chrome')
  vi.unstubAllEnvs()
})
