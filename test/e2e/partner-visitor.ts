import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { overHttp } from '../support/clients.ts'
import { type Created, create as createWith } from '../support/operations.ts'
import type { Stage } from '../support/stage.ts'
import { newPage } from './browser.ts'

interface VisitOptions extends BrowserContextOptions {
  /** The query of the address. */
  query?: string
  /** Where the gateway is reached, if not directly. */
  url?: string
}

/**
 * Someone of the partner's at the overview, not signed in. `urls` fills with every URL that the page requests, and
 * `operations` with the name of every operation that it sends over HTTP.
 */
export async function visitor(browser: Browser, stage: Stage, options: VisitOptions = {}) {
  const { query = '', url = stage.gateway.url, ...contextOptions } = options
  const { page, context, faults } = await newPage(browser, contextOptions)
  const urls: string[] = []
  const operations: string[] = []
  page.on('request', (request) => {
    urls.push(request.url())
    if (request.method() === 'POST') operations.push(request.postDataJSON().operationName)
  })
  await page.goto(`${url}/partner${query}`)
  return { page, context, faults, urls, operations }
}

export async function signIn(page: Page, key: string) {
  await page.getByLabel('Partner key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Signed in, with the list and the subscription there. */
export async function signedIn(browser: Browser, stage: Stage, key: string, options: VisitOptions = {}) {
  const visit = await visitor(browser, stage, options)
  await signIn(visit.page, key)
  await visit.page.getByText('Live', { exact: true }).waitFor()
  return visit
}

/** A new share request of a customer. */
export const create = (stage: Stage, reference: string, policy = 'kyc-basic'): Promise<Created> =>
  createWith(overHttp(stage.gateway.url), { policy, reference })

/** The row of the table with this state and reference. */
export const row = (page: Page, state: string, reference: string) =>
  page.getByRole('row', { name: new RegExp(`^${state} ${reference} `) })

export const link = (page: Page, reference: string) =>
  page.getByRole('link', { name: reference, exact: true })

/** The choice of a result, whose name ends with how many have it. */
export const result = (page: Page, name: string, count: number | string) =>
  page.getByRole('radio', { name: `${name} ${count}`, exact: true })
