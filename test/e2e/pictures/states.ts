import type { Page, Route } from 'playwright-core'
import type { PersonaId } from '../../../portmone/sandbox/personas.ts'
import { overHttp } from '../../support/clients.ts'
import type { ShiftableClock } from '../../support/clock.ts'
import { create } from '../../support/operations.ts'
import type { Stage } from '../../support/stage.ts'

/** A visitor on a page, and the servers behind it. */
export interface Visit {
  page: Page
  stage: Stage
  clock: ShiftableClock
}

type Reach = (visit: Visit) => Promise<unknown>

const title = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor()
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

/** Follows a link to the verification, which starts at once. */
const begin = ({ page, stage }: Visit, policy = 'kyc-basic') =>
  page.goto(`${stage.gateway.url}/?policy=${policy}`)

/** Begins, and handles the call that creates the share request like this. */
async function beginWhile(visit: Visit, handle: (route: Route) => unknown) {
  await visit.page.route('**/graphql', (route) =>
    route.request().postData()?.includes('CreateShareRequest') ? handle(route) : route.continue(),
  )
  await begin(visit)
}

/** On the policy's terms, after the browser has lost its saved share request. */
async function withoutRequest(visit: Visit, policy?: string) {
  await pending(visit, policy)
  await visit.page.evaluate(() => sessionStorage.clear())
  await visit.page.reload()
  await title(visit.page, 'Before you start')
  await visit.page.getByText('What you’ll share').waitFor()
}

/** Begins, and resolves with the code. */
async function pending(visit: Visit, policy?: string): Promise<string> {
  await begin(visit, policy)
  await visit.page.getByRole('timer').waitFor()
  const code = await visit.page.getByRole('link', { name: 'Open on this device' }).getAttribute('href')
  if (code === null) throw new Error('The link has no address.')
  return code
}

/** Begins, and approves on the customer's phone. */
async function approve(visit: Visit, persona: PersonaId, policy?: string) {
  const code = await pending(visit, policy)
  visit.stage.sandbox.approve(code, persona)
}

/** Signs in to the overview of four share requests with different results. */
async function overview({ page, stage }: Visit) {
  const key = await stage.partnerKey()
  const partner = overHttp(stage.gateway.url, key)
  const codes: string[] = []
  for (const [index, policy] of ['kyc-basic', 'age-over-18', 'kyc-basic', 'age-over-18'].entries())
    codes.push((await create(partner, { policy, reference: `order ${1001 + index}` })).code)
  await page.goto(`${stage.gateway.url}/partner`)
  await page.getByLabel('Partner key').fill(key)
  await press(page, 'Sign in')
  const [adult = '', minor = '', unwilling = ''] = codes
  stage.sandbox.approve(adult, 'adult')
  stage.sandbox.approve(minor, 'minor')
  stage.sandbox.decline(unwilling)
  for (const name of ['Approved, passed', 'Approved, not passed', 'Declined', 'Pending']) {
    await page.getByRole('row', { name: new RegExp(`^${name} order`) }).waitFor()
    await page.getByRole('radio', { name: `${name} 1` }).waitFor()
  }
  await page.getByText('Live', { exact: true }).waitFor()
}

/** Every state with pictures, by name: how to get there. */
export const states: Record<string, Reach> = {
  choice: async ({ page, stage }) => {
    await page.goto(stage.gateway.url)
    await page.getByRole('button', { name: 'Verify' }).waitFor()
  },
  before: (visit) => withoutRequest(visit),
  help: async (visit) => {
    await withoutRequest(visit, 'age-over-18')
    await visit.page.getByText('I need help').click()
  },
  preparing: async (visit) => {
    await beginWhile(visit, () => {})
    await title(visit.page, 'Preparing your code')
  },
  pending: (visit) => pending(visit),
  'connection-lost': async (visit) => {
    await pending(visit, 'age-over-18')
    await visit.stage.gateway.stop()
    await visit.page.getByText('Connection lost').waitFor()
  },
  passed: async (visit) => {
    // The page continues to the secure page by itself. This answer keeps it where it is.
    await visit.page.route('**/secure', (route) => route.fulfill({ status: 204 }))
    await approve(visit, 'adult')
    await title(visit.page, 'Verified')
  },
  'not-passed': async (visit) => {
    await approve(visit, 'minor')
    await title(visit.page, 'Not verified')
  },
  undecided: async (visit) => {
    await approve(visit, 'no-birth-date', 'age-over-18')
    await title(visit.page, 'Could not be verified')
  },
  declined: async (visit) => {
    visit.stage.sandbox.decline(await pending(visit))
    await title(visit.page, 'You declined')
  },
  expired: async (visit) => {
    await pending(visit)
    visit.clock.advance(600_000)
    await title(visit.page, 'The code has expired')
  },
  cancelled: async (visit) => {
    await pending(visit)
    await press(visit.page, 'Cancel')
    await title(visit.page, 'Cancelled')
  },
  failed: async (visit) => {
    visit.stage.sandbox.misbehave({ kind: 'server-error', call: 'facts' })
    await approve(visit, 'adult')
    await title(visit.page, 'Confirming your approval')
    visit.clock.advance(1_000_000)
    await title(visit.page, 'This didn’t work')
  },
  'portmone-unreachable': async (visit) => {
    visit.stage.sandbox.misbehave({ kind: 'server-error', call: 'create' })
    await begin(visit)
    await title(visit.page, 'Portmone is unavailable')
  },
  'no-connection': async (visit) => {
    await beginWhile(visit, (route) => route.abort())
    await title(visit.page, 'No connection')
  },

  'return-refused': async ({ page, stage }) => {
    await page.goto(`${stage.gateway.url}/?policy=kyc-basic&return=https%3A%2F%2Fshop.example%2F`)
    await title(page, 'This link doesn’t work')
  },

  'secure-granted': async (visit) => {
    await approve(visit, 'adult')
    await title(visit.page, 'You’re verified')
  },
  'secure-refused': async ({ page, stage }) => {
    await page.goto(`${stage.gateway.url}/secure`)
    await title(page, 'Verify yourself to see this page')
  },

  'partner-key': async ({ page, stage }) => {
    await page.goto(`${stage.gateway.url}/partner`)
    await page.getByLabel('Partner key').waitFor()
  },
  'partner-list': overview,
  'partner-none': async (visit) => {
    await overview(visit)
    await visit.page.getByLabel('Id or reference').fill('order 2')
    await visit.page.getByText('No share requests match these filters.').waitFor()
    await visit.page.getByRole('radio', { name: 'All 0' }).waitFor()
  },
  'partner-not-live': async (visit) => {
    await overview(visit)
    await visit.stage.gateway.stop()
    await visit.page.getByText('Not live').waitFor()
  },
  'partner-detail': async (visit) => {
    await overview(visit)
    await visit.page.getByRole('link', { name: 'order 1001' }).click()
    await press(visit.page, 'Reveal facts')
    await visit.page.getByRole('button', { name: 'Hide facts' }).waitFor()
    await visit.page.getByRole('region').evaluate((detail) => detail.scrollTo(0, 0))
  },
}

/** The gateway's texts arrive later than the page's; `awaited` are some of them, one of each of its answers. */
const pressUkrainian =
  (...awaited: string[]) =>
  async (page: Page) => {
    await press(page, 'Українська')
    for (const text of awaited) await page.getByText(text).first().waitFor()
  }

/** For pages whose language depends on the browser's only. */
async function preferUkrainian(page: Page) {
  await page.route('**/secure', (route) =>
    route.continue({ headers: { ...route.request().headers(), 'accept-language': 'uk' } }),
  )
  await page.goto(new URL('/secure', page.url()).href)
  await page.locator('html[lang="uk"]').waitFor()
}

/** States with pictures in Ukrainian, too, whose words are longer: how to get there from the English state. */
export const inUkrainian: Record<string, (page: Page) => Promise<unknown>> = {
  choice: pressUkrainian('Закон вимагає'),
  pending: pressUkrainian('Закон вимагає'),
  help: pressUkrainian('Ми маємо переконатися'),
  'not-passed': pressUkrainian('Ви повнолітня особа'),
  'portmone-unreachable': pressUkrainian(),
  'return-refused': pressUkrainian(),
  'secure-granted': preferUkrainian,
  'secure-refused': preferUkrainian,
  'partner-list': pressUkrainian('Показано 4'),
  'partner-detail': pressUkrainian('Закон вимагає', 'Показано 4'),
}
