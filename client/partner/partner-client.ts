import { createClient } from 'graphql-ws'
import { Client, fetchExchange, subscriptionExchange } from 'urql'
import { backoffMs, delay } from '../ui/backoff.ts'
import { fetchWithTimeout } from '../ui/fetch-with-timeout.ts'

export interface PartnerClient {
  client: Client
  /** Closes the socket, so that nothing goes on with the key. */
  dispose(): void
}

const fetchGateway = fetchWithTimeout(30_000)
/** Milliseconds. */
const pingInterval = 10_000

/**
 * An urql client that calls the gateway at `url` with a partner key. It has no cache: facts must be kept nowhere, and
 * all else is wanted fresh. `onKeyRefused` is called when the gateway does not take the key, at first or any more.
 */
export function createPartnerClient(url: string, key: string, onKeyRefused: () => void): PartnerClient {
  const endpoint = new URL(url, location.href).href
  const authorization = `Bearer ${key}`
  const socket = createClient({
    url: endpoint.replace(/^http/, 'ws'),
    connectionParams: { authorization },
    keepAlive: pingInterval,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: (attempt) => new Promise((resolve) => delay(backoffMs(attempt), resolve)),
    shouldRetry: (event) => !isRefusal(event),
    on: {
      closed: (event) => {
        if (isRefusal(event)) onKeyRefused()
      },
    },
  })
  const client = new Client({
    url: endpoint,
    preferGetMethod: false,
    fetchOptions: { headers: { authorization }, cache: 'no-store' },
    fetch: async (input, init) => {
      const response = await fetchGateway(input, init)
      if (response.status === 401) onKeyRefused()
      return response
    },
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query, variables },
              { ...sink, next: ({ data = null, errors }) => sink.next(errors ? { data, errors } : { data }) },
            ),
          }),
        }),
      }),
    ],
  })
  return { client, dispose: () => void socket.dispose() }
}

/** Whether the gateway closed the socket for its key: unauthorized, or forbidden (revoked, past its end). */
const isRefusal = (event: unknown) =>
  typeof event === 'object' &&
  event !== null &&
  'code' in event &&
  (event.code === 4401 || event.code === 4403)
