import type { ExecutionResult } from 'graphql'
import { createClient as createSseClient } from 'graphql-sse'
import { createClient as createWsClient } from 'graphql-ws'
import WebSocket from 'ws'

/** A result as a client reads it: untyped JSON. */
// biome-ignore lint/suspicious/noExplicitAny: what tests read of it, they assert
export type Result = ExecutionResult<any, any>

type Fields = Record<string, unknown>

/** A transport to a gateway. */
export interface TestClient {
  run(query: string, variables?: Fields, extensions?: Fields): Promise<Result>
  /** Queues events, so that none is missed. */
  subscribe(query: string, variables?: Fields, extensions?: Fields): AsyncIterableIterator<Result>
  dispose(): Promise<void>
}

type Connect = (url: string, key?: string) => TestClient

const bearer = (key: string | undefined) => (key === undefined ? {} : { authorization: `Bearer ${key}` })

/** Plain POST, which cannot subscribe. */
export const overHttp: Connect = (url, key) => ({
  async run(query, variables, extensions) {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer(key) },
      body: JSON.stringify({ query, variables, extensions }),
    })
    return (await response.json()) as Result
  },
  subscribe() {
    throw new Error('Plain HTTP can not subscribe.')
  },
  dispose: async () => {},
})

export const overSse: Connect = (url, key) => {
  const client = createSseClient({ url: `${url}/graphql`, headers: bearer(key), retryAttempts: 0 })
  const subscribe: TestClient['subscribe'] = (query, variables = {}, extensions = {}) =>
    client.iterate({ query, variables, extensions }) as AsyncIterableIterator<Result>
  return { run: first(subscribe), subscribe, dispose: async () => client.dispose() }
}

export const overWebSocket: Connect = (url, key) => {
  const client = createWsClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: bearer(key),
    retryAttempts: 0,
  })
  const subscribe: TestClient['subscribe'] = (query, variables = {}, extensions = {}) =>
    client.iterate({ query, variables, extensions }) as AsyncIterableIterator<Result>
  return { run: first(subscribe), subscribe, dispose: async () => void (await client.dispose()) }
}

/** The result of a query or mutation. A transport's error is turned into a result. */
const first =
  (subscribe: TestClient['subscribe']): TestClient['run'] =>
  async (...operation) => {
    try {
      for await (const result of subscribe(...operation)) return result
    } catch (error) {
      if (Array.isArray(error)) return { errors: error }
      throw error
    }
    throw new Error('There was no result.')
  }

export const transports = { HTTP: overHttp, SSE: overSse, WebSocket: overWebSocket } as const
export const streamingTransports = { SSE: overSse, WebSocket: overWebSocket } as const
