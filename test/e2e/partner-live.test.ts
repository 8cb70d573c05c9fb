import type { Browser, BrowserContext, WebSocketRoute } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { overHttp } from '../support/clients.ts'
import { startNoUpgradeProxy } from '../support/no-upgrade-proxy.ts'
import { operations as texts } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { closePages, launchBrowser } from './browser.ts'
import { create, link, result, row, signedIn, visitor } from './partner-visitor.ts'

vi.setConfig({ testTimeout: 90_000 })

let browser: Browser
let stage: Stage
let key: string

beforeAll(async () => {
  browser = await launchBrowser()
})
afterEach(async () => {
  await closePages(browser)
  await stage[Symbol.asyncDispose]()
})
afterAll(() => browser.close())

async function start() {
  stage = await startStage()
  key = await stage.partnerKey()
}

/** Approves, and resolves once the gateway knows. */
async function approve({ id, code }: { id: string; code: string }) {
  stage.sandbox.approve(code, 'adult')
  const status = async () => {
    const { data } = await overHttp(stage.gateway.url, key).run(texts.read, { id })
    return data.shareRequest.status.__typename
  }
  await expect.poll(status, { timeout: 20_000 }).toBe('ApprovedStatus')
}

const lists = (operations: string[]) => operations.filter((name) => name === 'ShareRequestPage').length

test('an approval on the third page appears there, and the list is not read again', async () => {
  await start()
  const oldest = await create(stage, 'the oldest')
  await Promise.all(Array.from({ length: 120 }, (_, n) => create(stage, `order ${n}`)))
  const { page, operations } = await signedIn(browser, stage, key)
  await page.getByText('Showing 50 of 121').waitFor()
  await page.getByRole('button', { name: 'Load more' }).click()
  await page.getByText('Showing 100 of 121').waitFor()
  await page.getByRole('button', { name: 'Load more' }).click()
  await row(page, 'Pending', 'the oldest').waitFor()
  expect(lists(operations)).toBe(3)

  await approve(oldest)
  await row(page, 'Approved, passed', 'the oldest').waitFor()
  await result(page, 'Approved, passed', 1).waitFor()
  await result(page, 'Pending', 120).waitFor()
  expect(lists(operations)).toBe(3)
})

test('nothing is requested while nothing changes, for as long as that is', async () => {
  await start()
  const pending = await create(stage, 'order 1')
  const { page, operations } = await visitor(browser, stage)
  await page.clock.install()
  await page.reload()
  await page.getByLabel('Partner key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Live', { exact: true }).waitFor()
  await row(page, 'Pending', 'order 1').waitFor()
  await result(page, 'All', 1).waitFor()
  const before = [...operations]
  for (let minute = 0; minute < 10; minute++) await page.clock.fastForward(60_000)
  // That the page is alive is shown by what it does about a change.
  await approve(pending)
  await row(page, 'Approved, passed', 'order 1').waitFor()
  await result(page, 'Approved, passed', 1).waitFor()
  // The clock's leaps can break the subscription, which is not a query.
  const queries = operations.slice(before.length).filter((name) => name !== 'FollowChanges')
  expect(queries).toEqual(['ShareRequestCounts'])
})

test('what no longer matches the filter leaves, and what is new appears at the top', async () => {
  await start()
  const first = await create(stage, 'order 1')
  await create(stage, 'order 2')
  const { page } = await signedIn(browser, stage, key, { query: '?result=PENDING' })
  await row(page, 'Pending', 'order 1').waitFor()
  await create(stage, 'order 3')
  await row(page, 'Pending', 'order 3').waitFor()
  await approve(first)
  await link(page, 'order 1').waitFor({ state: 'detached' })
  expect(await page.getByRole('table').getByRole('link').allTextContents()).toEqual(['order 3', 'order 2'])
  await page.getByText('Showing 2 of 2').waitFor()
})

/** Cuts every connection that delivers changes, until `restore` is called. */
async function controlConnections(context: BrowserContext) {
  const sockets = new Set<WebSocketRoute>()
  let isCut = false
  await context.routeWebSocket('**/graphql', (socket) => {
    if (isCut) return void socket.close({ code: 1011 })
    socket.connectToServer()
    sockets.add(socket)
  })
  await context.route('**/graphql', (route) =>
    isCut && route.request().headers().accept?.startsWith('text/event-stream')
      ? route.abort()
      : route.continue(),
  )
  return {
    async cut() {
      isCut = true
      for (const socket of sockets) await socket.close({ code: 1011 })
    },
    restore: () => {
      isCut = false
    },
  }
}

test('while the connection is lost the page says so and can be refreshed; then what changed is replayed', async () => {
  await start()
  const missed = await create(stage, 'order 1')
  const { page, context, operations } = await visitor(browser, stage)
  const connections = await controlConnections(context)
  await page.getByLabel('Partner key').fill(key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Live', { exact: true }).waitFor()
  await row(page, 'Pending', 'order 1').waitFor()

  await connections.cut()
  await page.getByText('Not live').waitFor()
  await create(stage, 'order 2')
  await page.getByRole('button', { name: 'Refresh' }).click()
  await row(page, 'Pending', 'order 2').waitFor()
  expect(lists(operations)).toBe(2)

  await approve(missed)
  await create(stage, 'order 3')
  expect(await row(page, 'Pending', 'order 1').count()).toBe(1)
  connections.restore()
  await row(page, 'Approved, passed', 'order 1').waitFor()
  await row(page, 'Pending', 'order 3').waitFor()
  await page.getByText('Live', { exact: true }).waitFor()
  expect(lists(operations)).toBe(2)
})

test('without a WebSocket the changes come as an event stream', async () => {
  await start()
  await using proxy = await startNoUpgradeProxy(stage.gateway.url)
  const { page } = await signedIn(browser, stage, key, { url: proxy.url })
  expect(proxy.refused).toBeGreaterThan(0)
  const created = await create(stage, 'order 1')
  await row(page, 'Pending', 'order 1').waitFor()
  await approve(created)
  await row(page, 'Approved, passed', 'order 1').waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Partner key').waitFor()
})

test('a link opens one share request after the sign-in, live; an unknown id is explained', async () => {
  await start()
  const created = await create(stage, 'order 1')
  const { page } = await signedIn(browser, stage, key, { query: `?id=${created.id}&policy=kyc-full` })
  const detail = page.getByRole('region', { name: 'kyc-basic' })
  await detail.getByRole('listitem').getByText('Pending').waitFor()
  await page.getByText('No share requests match these filters.').waitFor()
  await approve(created)
  await detail.getByRole('listitem').getByText('Approved, passed').waitFor()

  for (const id of [crypto.randomUUID(), 'no-uuid']) {
    const { page: other } = await signedIn(browser, stage, key, { query: `?id=${id}` })
    await other.getByRole('heading', { name: 'Not found' }).waitFor()
    await other.getByRole('button', { name: 'Close' }).click()
    await link(other, 'order 1').waitFor()
    expect(new URL(other.url()).search).toBe('')
  }
})
