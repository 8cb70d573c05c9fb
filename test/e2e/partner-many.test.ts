import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { ShiftableClock } from '../support/clock.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { overflows, violations } from './accessibility.ts'
import { closePages, launchBrowser } from './browser.ts'
import { createMany } from './many-share-requests.ts'
import { link, result, signedIn, visitor } from './partner-visitor.ts'

vi.setConfig({ testTimeout: 90_000 })

const total = 200

let browser: Browser
let stage: Stage
let key: string
const clock = new ShiftableClock()

beforeAll(async () => {
  browser = await launchBrowser()
  stage = await startStage({ clock, watcher: { factsRetryWindowMs: 500 } })
  key = await stage.partnerKey()
  await createMany({ stage, clock, key }, total)
})
afterEach(() => closePages(browser))
afterAll(async () => {
  await browser.close()
  await stage[Symbol.asyncDispose]()
})

test('at 1280 × 900 pixels the table shows 25 rows at once, and all after more are loaded', async () => {
  const { page } = await signedIn(browser, stage, key, { viewport: { width: 1280, height: 900 } })
  await result(page, 'All', total).waitFor()
  await link(page, 'order-200').waitFor()
  const bottoms = await page
    .getByRole('table')
    .getByRole('row')
    .evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().bottom))
  expect(bottoms.slice(1).filter((bottom) => bottom <= 900).length).toBeGreaterThanOrEqual(25)

  for (let shown = 50; shown < total; shown += 50) {
    await page.getByText(`Showing ${shown} of ${total}`).waitFor()
    await page.getByRole('button', { name: 'Load more' }).click()
  }
  await page.getByText(`Showing ${total} of ${total}`).waitFor()
  const references = await page.getByRole('table').getByRole('link').allTextContents()
  expect(references).toEqual(Array.from({ length: total }, (_, n) => `order-${total - n}`))
  expect(await page.getByRole('button', { name: 'Load more' }).count()).toBe(0)
})

test('the numbers are right for every result', async () => {
  const { page } = await signedIn(browser, stage, key)
  await result(page, 'Approved, passed', 50).waitFor()
  const others = ['Pending', 'Approved, not passed', 'Declined', 'Expired', 'Cancelled', 'Failed']
  for (const name of others) await result(page, name, 25).waitFor()
})

test.each([360, 768, 1280])(
  'at %i px, light and dark, axe finds nothing and nothing is cut off',
  async (width) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const viewport = { width, height: 800 }
      const { page: signInPage } = await visitor(browser, stage, { viewport, colorScheme })
      expect(await violations(signInPage)).toEqual([])
      const { page } = await signedIn(browser, stage, key, { viewport, colorScheme })
      const isFine = async () => {
        expect(await violations(page)).toEqual([])
        expect(await overflows(page)).toBe(false)
      }
      await link(page, 'order-200').waitFor()
      await result(page, 'All', total).waitFor({ state: 'attached' })
      await isFine()
      if (width < 640) {
        await page.getByText('Filter', { exact: true }).click()
        await page.getByLabel('Created from').waitFor()
        await isFine()
      }
      await page.getByLabel('Id or reference').fill('order-30')
      await link(page, 'order-30').click()
      await page.getByRole('button', { name: 'Reveal facts' }).click()
      await page.getByRole('button', { name: 'Hide facts' }).waitFor()
      await isFine()
      await page.getByRole('button', { name: 'Close' }).click()
      await page.getByLabel('Id or reference').fill('nothing')
      await page.getByText('No share requests match these filters.').waitFor()
      await isFine()
    }
  },
)
