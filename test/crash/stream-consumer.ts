import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from 'graphql-ws'
import { expect } from 'vitest'
import WebSocket from 'ws'
import { makePartnerKey } from '../../server/share-requests/partner-keys.ts'
import { openStore, type StoreConfig } from '../../server/store/index.ts'
import { isStoreUnavailable, type Journey, rotation } from './customer.ts'

interface Change {
  cursor: string
  shareRequest: { id: string; status: { __typename: string; version: number } }
}

const changesCursor = '{ shareRequests(first: 1) { changesCursor } }'
const changes = `subscription ($after: String) {
  shareRequestChanges(after: $after) { cursor shareRequest { id status { __typename version } } }
}`

/** A partner's backend that follows all share requests, and goes on at the next gateway from its last cursor. */
export class StreamConsumer implements AsyncDisposable {
  readonly #over = new AbortController()
  readonly #nextUrl: () => string
  readonly #key: string
  readonly #consuming: Promise<void>
  readonly #started = Promise.withResolvers<void>()
  readonly #seen: string[] = []
  #after: string | null = null
  /** How many subscriptions it took. */
  subscriptions = 0

  private constructor(urls: readonly string[], key: string, first: number) {
    this.#nextUrl = rotation(urls, first)
    this.#key = key
    this.#consuming = this.#consume()
    this.#consuming.catch(this.#started.reject)
  }

  /**
   * Resolves when it misses nothing from now on. Adds its partner key to the store of the running gateways.
   * @param first index of the gateway at which it begins.
   */
  static async start(urls: readonly string[], config: StoreConfig, first = 0): Promise<StreamConsumer> {
    const store = await openStore({ ...config, exclusive: false })
    const { key, stored } = makePartnerKey('consumer', ['share-requests:read'], store.now())
    await store.insertPartnerKey(stored)
    await store.close()
    const consumer = new StreamConsumer(urls, key, first)
    await consumer.#started.promise
    return consumer
  }

  /** Resolves when it has seen every change of these journeys once and in order; rejects if it saw anything else. */
  async expectEachChangeOnce(journeys: readonly Journey[]): Promise<void> {
    const expected = journeys.flatMap(({ id, answer }) => [
      `${id} 1 PendingStatus`,
      `${id} 2 ${answer === 'approve' ? 'ApprovedStatus' : 'DeclinedStatus'}`,
    ])
    const seenAll = expect.poll(() => this.#seen.toSorted(), { timeout: 30_000, interval: 100 })
    await Promise.race([seenAll.toEqual(expected.sort()), this.#consuming])
    for (const { id } of journeys) {
      const versions = this.#seen.filter((change) => change.startsWith(`${id} `))
      expect(versions).toEqual(versions.toSorted())
    }
  }

  async #consume(): Promise<void> {
    while (!this.#over.signal.aborted) {
      await this.#connect().catch((reason) => {
        const isRefused = Array.isArray(reason) ? !isStoreUnavailable(reason) : reason?.code >= 4000
        if (isRefused) throw new Error(`The stream failed: ${JSON.stringify(reason)}`, { cause: reason })
      })
      await delay(50)
    }
  }

  /** Consumes until the connection breaks. */
  async #connect(): Promise<void> {
    const client = createClient({
      url: `${this.#nextUrl().replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${this.#key}` },
      retryAttempts: 0,
    })
    // Waits for a socket that is being opened: one that is closed before emits an error that nobody handles.
    const stop = () => void Promise.resolve(client.dispose()).catch(() => {})
    this.#over.signal.addEventListener('abort', stop)
    try {
      if (this.#after === null)
        for await (const { data, errors } of client.iterate<{ shareRequests: { changesCursor: string } }>({
          query: changesCursor,
        })) {
          if (!data) throw errors
          this.#after = data.shareRequests.changesCursor
          this.#started.resolve()
        }
      if (this.#over.signal.aborted) return
      this.subscriptions++
      const variables = { after: this.#after }
      for await (const { data, errors } of client.iterate<{ shareRequestChanges: Change }>({
        query: changes,
        variables,
      })) {
        if (!data) throw errors
        const { cursor, shareRequest } = data.shareRequestChanges
        this.#seen.push(`${shareRequest.id} ${shareRequest.status.version} ${shareRequest.status.__typename}`)
        this.#after = cursor
      }
    } finally {
      this.#over.signal.removeEventListener('abort', stop)
      await client.dispose()
    }
  }

  async [Symbol.asyncDispose]() {
    this.#over.abort()
    await this.#consuming.catch(() => {})
  }
}
