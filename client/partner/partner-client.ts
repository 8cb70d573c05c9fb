import { createClient } from 'graphql-ws'
import { Client, fetchExchange, subscriptionExchange } from 'urql'
import { fetchWithTimeout } from '../ui/fetch-with-timeout.ts'
import { fetchEventStream } from './fetch-event-stream.ts'

export interface PartnerClient {
  client: Client
  /** Calls `listener` whenever a WebSocket or an event stream has opened. @returns a function that stops it. */
  onConnected(listener: () => void): () => void
  /** Closes the socket, so that nothing goes on with the key. */
  dispose(): void
}

/** The context of a subscription that is to come as an event stream over HTTP, not over the WebSocket. */
export const asEventStream = { fetchSubscriptions: true }

const pingIntervalMs = 10_000
const pongTimeoutMs = 5_000
const ackTimeoutMs = 10_000
/** The gateway pings its event streams every 12 seconds. */
const maxSilenceMs = 30_000

const fetchAnswer = fetchWithTimeout(30_000)
const fetchEvents = fetchEventStream(maxSilenceMs)

/**
 * An urql client that calls the gateway at `url` with a partner key. It has no cache: facts must not be kept anywhere,
 * and everything else must be current. It does not reconnect: whoever subscribes knows where to go on. `onKeyRefused` is
 * called when the gateway refuses the key, or has revoked it.
 */
export function createPartnerClient(url: string, key: string, onKeyRefused: () => void): PartnerClient {
  const endpoint = new URL(url, location.href).href
  const authorization = `Bearer ${key}`
  const connected = new EventTarget()
  const tellConnected = () => connected.dispatchEvent(new Event('connected'))
  let silence: ReturnType<typeof setTimeout> | undefined
  const socket = createClient({
    url: endpoint.replace(/^http/, 'ws'),
    connectionParams: { authorization },
    connectionAckWaitTimeout: ackTimeoutMs,
    keepAlive: pingIntervalMs,
    retryAttempts: 0,
    on: {
      connected: tellConnected,
      closed: (event) => {
        clearTimeout(silence)
        if (isRefusal(event)) onKeyRefused()
      },
      ping: (received) => {
        if (!received) silence = setTimeout(() => socket.terminate(), pongTimeoutMs)
      },
      pong: (received) => {
        if (received) clearTimeout(silence)
      },
    },
  })
  const client = new Client({
    url: endpoint,
    preferGetMethod: false,
    fetchOptions: { headers: { authorization }, cache: 'no-store' },
    fetch: async (input, init) => {
      const isStream = new Headers(init?.headers).get('accept')?.startsWith(eventStream)
      const response = await (isStream ? fetchEvents : fetchAnswer)(input, init)
      if (response.status === 401) onKeyRefused()
      if (response.headers.get('content-type')?.startsWith(eventStream)) tellConnected()
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
  return {
    client,
    onConnected(listener) {
      connected.addEventListener('connected', listener)
      return () => connected.removeEventListener('connected', listener)
    },
    dispose: () => void socket.dispose(),
  }
}

const eventStream = 'text/event-stream'

/** Whether the gateway closed the socket because of its key: it is invalid (4401), revoked or expired (4403). */
const isRefusal = (event: unknown) =>
  typeof event === 'object' &&
  event !== null &&
  'code' in event &&
  (event.code === 4401 || event.code === 4403)
