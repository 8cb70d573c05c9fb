import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { ShiftableClock } from '../support/clock.ts'
import type { Created } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { closePages, launchBrowser } from './browser.ts'
import { create, link, result, row, signedIn } from './partner-visitor.ts'

vi.setConfig({ testTimeout: 90_000 })

const timezoneId = 'Europe/Kyiv'
const dayMs = 86_400_000

let browser: Browser
let stage: Stage
let key: string
const clock = new ShiftableClock()
/** Two share requests, which have expired, from two days before the others. */
const days = { old: '', new: '' }
const created: Record<string, Created> = {}

beforeAll(async () => {
  browser = await launchBrowser()
  stage = await startStage({ clock })
  key = await stage.partnerKey()
  const today = () => new Intl.DateTimeFormat('sv', { timeZone: timezoneId }).format(clock.now())
  days.old = today()
  for (const reference of ['order-1', 'order-2']) created[reference] = await create(stage, reference)
  clock.advance(2 * dayMs)
  days.new = today()
  for (const reference of ['order-10', 'invoice-1', 'invoice-2'])
    created[reference] = await create(stage, reference, 'age-over-18')
  stage.sandbox.approve(created['invoice-1']!.code, 'adult')
  stage.sandbox.approve(created['invoice-2']!.code, 'minor')
})
afterEach(() => closePages(browser))
afterAll(async () => {
  await browser.close()
  await stage[Symbol.asyncDispose]()
})

/** At the overview once everything has become what it becomes. */
async function arrive(query = '') {
  const visit = await signedIn(browser, stage, key, { timezoneId, query })
  return visit
}

test('the numbers are those of all share requests, and each selects its own', async () => {
  const { page } = await arrive()
  await result(page, 'All', 5).waitFor()
  for (const name of ['Pending', 'Approved, passed', 'Approved, not passed'])
    await result(page, name, 1).waitFor()
  await result(page, 'Expired', 2).waitFor()
  await result(page, 'Failed', 0).waitFor()
  await page.getByText('Showing 5 of 5').waitFor()

  await page.getByText('Approved, not passed').first().click()
  await row(page, 'Approved, not passed', 'invoice-2').waitFor()
  await page.getByText('Showing 1 of 1').waitFor()
  expect(await page.getByRole('table').getByRole('link').allTextContents()).toEqual(['invoice-2'])
  expect(await result(page, 'Expired', 2).count()).toBe(1)
})

test('the search finds references by their beginning, and share requests by their id', async () => {
  const { page } = await arrive()
  const search = page.getByLabel('Id or reference')
  await search.fill('order-1')
  await page.getByText('Showing 2 of 2').waitFor()
  expect(await page.getByRole('table').getByRole('link').allTextContents()).toEqual(['order-10', 'order-1'])
  await search.fill(created['order-2']!.id)
  await link(page, 'order-2').waitFor()
  await page.getByText('Showing 1 of 1').waitFor()
  await search.fill('nothing begins like this')
  await page.getByText('No share requests match these filters.').waitFor()
  await page.getByRole('button', { name: 'Reset filters' }).click()
  await page.getByText('Showing 5 of 5').waitFor()
  expect(await search.inputValue()).toBe('')
})

test('days are those of the reader, the last one included', async () => {
  const { page } = await arrive()
  await page.getByLabel('Created from').fill(days.new)
  await page.getByText('Showing 3 of 3').waitFor()
  await page.getByLabel('Created from').fill('')
  await page.getByLabel('Created until').fill(days.old)
  await page.getByText('Showing 2 of 2').waitFor()
  await page.getByLabel('Created from').fill(days.old)
  await page.getByText('Showing 2 of 2').waitFor()
  expect(await link(page, 'order-1').count()).toBe(1)
  expect(await page.getByRole('cell', { name: /20\d\d.* (GMT[+-]\d|EET|EEST)/ }).count()).toBeGreaterThan(0)
})

test('filters stay in the address: after a reload, and with Back', async () => {
  const { page } = await arrive('?policy=age-over-18&result=PASSED')
  await page.getByText('Showing 1 of 1').waitFor()
  expect(await page.getByLabel('Policy').inputValue()).toBe('age-over-18')
  await page.getByLabel('Policy').selectOption('kyc-basic')
  await page.getByText('No share requests match these filters.').waitFor()
  await page.goBack()
  await row(page, 'Approved, passed', 'invoice-1').waitFor()
  await page.reload()
  await page.getByLabel('Partner key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await row(page, 'Approved, passed', 'invoice-1').waitFor()
  await page.getByText('Showing 1 of 1').waitFor()
})
