import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type ApolloClient, gql } from '@apollo/client'
import { buildSchema, isAbstractType, parse, validate } from 'graphql'
import type { Client as SocketClient } from 'graphql-ws'
import { Window } from 'happy-dom'
import { type ComponentType, createElement, type ReactElement } from 'react'
import type { Client as UrqlClient } from 'urql'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ShareRequestHandle } from '../../client/verification/index.ts'
import { overHttp } from '../support/clients.ts'
import { type NoUpgradeProxy, startNoUpgradeProxy } from '../support/no-upgrade-proxy.ts'
import { type Stage, startStage } from '../support/stage.ts'
import {
  doc,
  folder,
  load,
  prepareSnippets,
  root,
  type Status,
  snippets,
  type Verify,
} from './frontend-snippets.ts'

const schema = buildSchema(readFileSync(join(root, 'schema.graphql'), 'utf8'))

prepareSnippets()

let stage: Stage
let url: string
beforeAll(async () => {
  stage = await startStage()
  url = `${stage.gateway.url}/graphql`
})
afterEach(() => vi.unstubAllGlobals())
afterAll(() => stage[Symbol.asyncDispose]())

test('every snippet of code has a file name, and compiles', async () => {
  expect(doc.match(/```tsx?\b/g)?.length).toBe(snippets.length)
  const tsc = join(root, 'node_modules/.bin/tsc')
  const run = promisify(execFile)(process.execPath, [tsc, '-p', folder])
  const { code = 0, stdout } = await run.catch((error) => error)
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
}, 120_000)

const operationsOf = () => load<Record<string, unknown>>('operations.ts')

/** The customer answers on the phone after the code is shown. */
function approve({ code }: Status) {
  if (code !== undefined) stage.sandbox.approve(code)
}

test('the operations are those of the schema, and the types name every status and refusal', async () => {
  const texts = Object.values(await operationsOf()).filter((value) => typeof value === 'string')
  expect(texts.length).toBe(4)
  for (const text of texts) expect(validate(schema, parse(text))).toEqual([])
  const source = snippets.find(({ file }) => file === 'operations.ts')?.text ?? ''
  for (const name of ['ShareRequestStatus', 'CreateShareRequestResult']) {
    const type = schema.getType(name)
    if (!isAbstractType(type)) throw new Error(`${name} has no possible types`)
    for (const possible of schema.getPossibleTypes(type)) expect(source).toContain(`'${possible.name}'`)
  }
})

test('urql: to a verified customer, and a query elsewhere on the page follows', async () => {
  const { createUrqlClient, verify } = await load<{
    createUrqlClient(url: string): UrqlClient
    verify: Verify<UrqlClient>
  }>('urql.ts')
  const { readShareRequest } = await operationsOf()
  const client = createUrqlClient(url)
  const page = new Elsewhere()
  const verified = await verify(client, 'age-over-18', (status, handle) =>
    page.show(status, (hear) => {
      const { unsubscribe } = client
        .query(String(readShareRequest), handle)
        .subscribe(({ data }) => hear(data?.shareRequest.status))
      return unsubscribe
    }),
  )
  expect(verified).toBe(true)
  await page.followed()
})

test('Apollo Client: likewise', async () => {
  const { createApolloClient, verify } = await load<{
    createApolloClient(url: string): ApolloClient
    verify: Verify<ApolloClient>
  }>('apollo.ts')
  const { readShareRequest } = await operationsOf()
  const client = createApolloClient(url)
  const page = new Elsewhere()
  const verified = await verify(client, 'age-over-18', (status, variables) =>
    page.show(status, (hear) => {
      const subscription = client
        .watchQuery<{ shareRequest: { status: Status } }>({ query: gql(String(readShareRequest)), variables })
        .subscribe(({ data, dataState }) =>
          hear(dataState === 'complete' ? data.shareRequest.status : undefined),
        )
      return () => subscription.unsubscribe()
    }),
  )
  expect(verified).toBe(true)
  await page.followed()
  client.stop()
})

interface PlainClient {
  socket: SocketClient
}
const plainClient = () =>
  load<{ createPlainClient(url: string): PlainClient; verify: Verify<PlainClient> }>('graphql-ws.ts')

test('graphql-ws and fetch: the gateway restarts meanwhile', async () => {
  const { createPlainClient, verify } = await plainClient()
  const seen: string[] = []
  let restarted: Promise<void> | undefined
  const verified = await verify(createPlainClient(url), 'age-over-18', (status) => {
    seen.push(status.__typename)
    restarted ??= stage.restartGateway().then(() => approve(status))
  })
  await restarted
  expect([verified, seen]).toEqual([true, ['PendingStatus', 'ApprovedStatus']])
})

describe('behind a proxy that refuses WebSockets', () => {
  let proxy: NoUpgradeProxy
  beforeAll(async () => {
    proxy = await startNoUpgradeProxy(stage.gateway.url)
  })
  afterAll(() => proxy[Symbol.asyncDispose]())

  test.each(['urql', 'apollo', 'graphql-ws'])(
    '%s.ts gets an approval and a decline',
    async (file) => {
      const { verify, ...creators } = await load<{ verify: Verify<unknown> }>(`${file}.ts`)
      const [create] = Object.values(creators) as ((url: string) => unknown)[]
      const client = create?.(`${proxy.url}/graphql`)
      expect(await verify(client, 'age-over-18', approve)).toBe(true)
      const declined = verify(client, 'age-over-18', ({ code }) => {
        if (code !== undefined) stage.sandbox.decline(code)
      })
      expect(await declined).toBe(false)
      expect(proxy.refused).toBeGreaterThan(0)
    },
    40_000,
  )
})

test('a partner server asks for the facts itself', async () => {
  const { createPlainClient, verify } = await plainClient()
  const { isAdult } = await load<{ isAdult(url: string, key: string, id: string): Promise<boolean> }>(
    'server.ts',
  )
  const key = await stage.partnerKey(['share-requests:read', 'facts:read'])
  const idOf = async (policy: string) => {
    let shown = ''
    await verify(createPlainClient(url), policy, (status, { id }) => {
      shown = id
      approve(status)
    })
    return shown
  }
  expect(await isAdult(url, key, await idOf('age-over-18'))).toBe(true)
  expect(await isAdult(url, key, await idOf('kyc-basic'))).toBe(false)
  expect(await isAdult(url, 'wrong', await idOf('age-over-18'))).toBe(false)
})

test('a partner server learns of every verified customer, and goes on from its cursor', async () => {
  const { createPlainClient, verify } = await plainClient()
  type OnVerified = (shareRequest: { id: string }, cursor: string) => Promise<void>
  const { followResults } = await load<{
    followResults(url: string, key: string, after: string | null, onVerified: OnVerified): Promise<void>
  }>('results.ts')
  const key = await stage.partnerKey(['share-requests:read'])
  const { data } = await overHttp(stage.gateway.url, key).run('{ shareRequests(first: 1) { changesCursor } }')
  const verifiedId = async (policy: string) => {
    let shown = ''
    await verify(createPlainClient(url), policy, (status, { id }) => {
      shown = id
      approve(status)
    })
    return shown
  }
  /** The first verified customer after a cursor. The server stops there. */
  const firstAfter = async (after: string) => {
    const stop = new Error('stopped')
    let first = { id: '', cursor: '' }
    const followed = followResults(url, key, after, async ({ id }, cursor) => {
      first = { id, cursor }
      throw stop
    })
    await expect(followed).rejects.toBe(stop)
    return first
  }
  const one = await verifiedId('age-over-18')
  await verifiedId('kyc-basic')
  const two = await verifiedId('age-over-18')
  const first = await firstAfter(data.shareRequests.changesCursor)
  expect(first.id).toBe(one)
  expect((await firstAfter(first.cursor)).id).toBe(two)
})

/** Another part of the page, which queries the share request separately. */
class Elsewhere {
  private seen: string[] = []
  private stop = () => {}
  private fetches = vi.spyOn(globalThis, 'fetch')
  private warnings = vi.spyOn(console, 'warn')

  /** Answers the query with the first status; then the customer approves. */
  show(first: Status, watch: (hear: (status: Status | undefined) => void) => () => void) {
    if (first.__typename !== 'PendingStatus' || this.seen.length > 0) return
    this.stop = watch((status) => {
      if (status === undefined || this.seen.at(-1) === status.__typename) return
      this.seen.push(status.__typename)
      approve(status)
    })
  }

  /** Resolves when the query shows the approval without a request of its own, and the cache has logged nothing. */
  async followed() {
    await vi.waitFor(() => expect(this.seen).toEqual(['PendingStatus', 'ApprovedStatus']))
    this.stop()
    const queries = this.fetches.mock.calls.filter(([, init]) =>
      String(init?.body).includes('ReadShareRequest'),
    )
    expect(queries.length).toBe(1)
    expect(this.warnings).not.toHaveBeenCalled()
  }
}

/** A browser page on the gateway's origin, with what React and the verification need. */
async function openPage() {
  const window = new Window({ url: stage.gateway.url })
  const { document, location, sessionStorage, navigator } = window
  for (const [name, value] of Object.entries({ window, document, location, sessionStorage, navigator }))
    vi.stubGlobal(name, value)
  const { createRoot } = await import('react-dom/client')
  const container = globalThis.document.createElement('div')
  globalThis.document.body.append(container)
  const reactRoot = createRoot(container)
  return {
    show: (element: ReactElement) => reactRoot.render(element),
    /** Presses the button with this name as soon as it exists. */
    press: (name: string) =>
      vi.waitFor(() => {
        const button = [...container.querySelectorAll('button')].find(
          ({ textContent }) => textContent === name,
        )
        if (button === undefined) throw new Error(`There is no button ${name} in: ${container.textContent}`)
        button.click()
      }, 10_000),
    reads: (text: string) => vi.waitFor(() => expect(container.textContent).toContain(text), 10_000),
    async [Symbol.asyncDispose]() {
      reactRoot.unmount()
      await window.happyDOM.close()
    },
  }
}

/** The customer approves the newest code as soon as it is on the page. */
async function approveNewest() {
  await vi.waitFor(() => expect(document.querySelector('[role="img"]')).not.toBeNull(), 10_000)
  const { data } = await overHttp(stage.gateway.url, await stage.partnerKey()).run(
    '{ shareRequests(first: 1) { edges { node { status { __typename ... on PendingStatus { code } } } } } }',
  )
  approve(data.shareRequests.edges[0].node.status)
}

test('the component', async () => {
  await using page = await openPage()
  const { Checkout } = await load<{
    Checkout: ComponentType<{ onVerified: (handle: ShareRequestHandle) => void }>
  }>('component.tsx')
  const onVerified = vi.fn()
  page.show(createElement(Checkout, { onVerified }))
  await page.press('Verify')
  await approveNewest()
  await vi.waitFor(() => expect(onVerified).toHaveBeenCalledOnce(), 10_000)
})

test('your own design', async () => {
  await using page = await openPage()
  const { OwnDesign } = await load<{ OwnDesign: ComponentType<{ policy: string }> }>('own-design.tsx')
  const { createGateway, GatewayProvider } = await import('../../client/verification/index.ts')
  const children = createElement(OwnDesign, { policy: 'kyc-basic' })
  page.show(createElement(GatewayProvider, { gateway: createGateway('/graphql'), children }))
  await page.press('Verify')
  await approveNewest()
  await page.reads('Thank you, you are verified.')
})
