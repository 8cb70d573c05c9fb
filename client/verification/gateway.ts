import { cacheExchange } from '@urql/exchange-graphcache'
import { persistedExchange } from '@urql/exchange-persisted'
import { Client, fetchExchange, subscriptionExchange } from 'urql'
import { possibleTypes } from '../generated/possible-types.ts'
import { fetchWithTimeout } from '../ui/fetch-with-timeout.ts'
import { cacheKeys } from './cache-keys.ts'
import { type Connection, connect } from './connection.ts'
import { createServerClock, type ServerClock } from './server-clock.ts'

/** What a verification needs to reach the GraphQL gateway. A page that has an urql client of its own may bring it. */
export interface Gateway {
  client: Client
  connection: Connection
  clock: ServerClock
}

const fetchGateway = fetchWithTimeout(30_000)

/**
 * An urql client for the gateway at `url` (of the page's own origin, or with one): queries and mutations by POST,
 * subscriptions over one WebSocket that heals, a normalised cache that they all feed.
 */
export function createGateway(url: string): Gateway {
  const endpoint = new URL(url, location.href)
  const clock = createServerClock()
  const { socket, connection } = connect(endpoint.href.replace(/^http/, 'ws'))
  const client = new Client({
    url: endpoint.href,
    // The clientSecret is a variable, and no secret may stand in a URL.
    preferGetMethod: false,
    fetch: async (input, init) => {
      const response = await fetchGateway(input, init)
      clock.observe(Date.parse(response.headers.get('Date') ?? ''))
      return response
    },
    exchanges: [
      cacheExchange({ keys: cacheKeys, possibleTypes, logger }),
      persistedExchange({
        generateHash: async (_text, document) => hashOf(document),
        preferGetForPersistedQueries: false,
        enableForMutation: true,
        enableForSubscriptions: true,
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables, extensions }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query, variables, extensions },
              { ...sink, next: ({ data = null, errors }) => sink.next(errors ? { data, errors } : { data }) },
            ),
          }),
        }),
      }),
    ],
  })
  return { client, connection, clock }
}

/** What codegen has put down as the document's hash. Empty, and the text is sent, for a document made otherwise. */
function hashOf(document: object): string {
  const meta = '__meta__' in document ? document.__meta__ : undefined
  return typeof meta === 'object' && meta !== null && 'hash' in meta ? String(meta.hash) : ''
}

/**
 * The cache is told the possible types, but not the whole schema: with that it would fail on a type that a newer
 * gateway adds. So it can not know that a field which is not there belongs to another type of a union.
 */
function logger(severity: 'debug' | 'error' | 'warn', message: string) {
  if (severity !== 'debug' && !message.startsWith('Invalid undefined')) console[severity](message)
}
