import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { personas } from '../../portmone/sandbox/personas.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { violations } from './accessibility.ts'
import { closePages, launchBrowser } from './browser.ts'
import { create, link, row, signedIn, signIn, visitor } from './partner-visitor.ts'

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

test('a wrong key is refused with the reason, and one without the scope too', async () => {
  const { page } = await visitor(browser, stage)
  await signIn(page, 'wrong')
  await page.getByText('This key is not valid').waitFor()
  await signIn(page, await stage.partnerKey(['share-requests:write']))
  await page.getByText('This key lacks the scope').waitFor()
  expect(await violations(page)).toEqual([])
})

test('share requests appear and change live; facts are revealed on request only, and stored nowhere', async () => {
  const { page, faults, urls } = await signedIn(browser, stage, key)
  const { code } = await create(stage, 'order 1001')
  await row(page, 'Pending', 'order 1001').waitFor()
  stage.sandbox.approve(code, 'adult')
  await row(page, 'Approved, passed', 'order 1001').waitFor()

  await link(page, 'order 1001').click()
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

/** Everything that a page can keep beyond its memory, and its address, as one text. */
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

test('with the keyboard alone, everything can be reached and the focus is never lost', async () => {
  stage.sandbox.approve((await create(stage, 'order 4001')).code, 'adult')
  await create(stage, 'order 4002')
  const { page } = await visitor(browser, stage)
  const focused = () =>
    page.evaluate(() => {
      const { activeElement } = document
      const [label] = activeElement instanceof HTMLInputElement ? (activeElement.labels ?? []) : []
      return (label ?? activeElement)?.textContent
    })
  const press = (name: string) => page.getByRole('button', { name }).press('Enter')
  await page.getByLabel('Partner key').fill(key)
  await page.getByLabel('Partner key').press('Enter')
  await page.getByRole('heading', { name: 'Share requests' }).waitFor()
  await expect.poll(focused).toBe('Share requests')
  await row(page, 'Approved, passed', 'order 4001').waitFor()

  const stops: unknown[] = []
  for (let stop = 0; stop < 20 && stops.at(-1) !== 'order 4002'; stop++) {
    await page.keyboard.press('Tab')
    stops.push(await focused())
  }
  expect(stops.at(-1)).toBe('order 4002')
  expect(stops).toEqual(
    expect.arrayContaining(['Sign out', 'Id or reference', 'Created from', 'Created until']),
  )
  expect(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)).toBe('solid')

  await page.keyboard.press('Enter')
  await expect.poll(focused).toBe('kyc-basic')
  await press('Close')
  await expect.poll(focused).toBe('order 4002')

  await link(page, 'order 4001').press('Enter')
  await press('Reveal facts')
  await page.getByRole('button', { name: 'Hide facts' }).waitFor()
  await expect.poll(focused).toBe('Hide facts')
  await press('Hide facts')
  await expect.poll(focused).toBe('Reveal facts')

  await link(page, 'order 4002').press('Enter')
  await press('Cancel request')
  await page.getByRole('status').filter({ hasText: 'Done.' }).waitFor()
  await page.getByRole('button', { name: 'Cancel request' }).waitFor({ state: 'detached' })
  await expect.poll(focused).toBe('kyc-basic')
  expect(await page.getByText('Done.').isVisible()).toBe(true)

  await press('Sign out')
  await page.getByLabel('Partner key').waitFor()
  await expect.poll(focused).toBe('Sign in with a partner key')
})

test('a press anywhere in a row opens its share request', async () => {
  await create(stage, 'order 5001')
  const { page } = await signedIn(browser, stage, key)
  await row(page, 'Pending', 'order 5001').getByText('Customer').click()
  await page.getByRole('region', { name: 'kyc-basic' }).getByText('order 5001').waitFor()
})

test('a revoked key signs the partner out, with the reason', async () => {
  const { store } = stage.gateway
  const revoked = await stage.partnerKey()
  await create(stage, 'order 3001')
  const { page } = await signedIn(browser, stage, revoked)
  await row(page, 'Pending', 'order 3001').waitFor()
  const [newest] = await store.listPartnerKeys()
  await store.revokePartnerKey(newest!.id, store.now())
  await page.getByText('This key is not valid').waitFor()
  expect(await row(page, 'Pending', 'order 3001').count()).toBe(0)
})
