import { Client, fetchExchange, subscriptionExchange } from '@urql/core'
import { persistedExchange } from '@urql/exchange-persisted'
import { fetchWithTimeout } from '../ui/fetch-with-timeout.ts'
import { type Connection, connect, unobservedConnection } from './connection.ts'
import { createServerClock, type ServerClock } from './server-clock.ts'

/** What a verification needs to reach the GraphQL gateway. */
export interface Gateway {
  /** Sends the operations. */
  client: Client
  /** Whether the WebSocket is lost. */
  connection: Connection
  /** The gateway's time, for countdowns. */
  clock: ServerClock
}

const fetchGateway = fetchWithTimeout(30_000)

/**
 * How verifications reach the gateway. One serves all verifications of a page.
 *
 * @param target The gateway's URL, such as `/graphql` or `https://verify.example/graphql`: queries and mutations go by
 * POST, subscriptions over one WebSocket that reconnects. Or an urql client of your own with a fetch exchange and a
 * subscription exchange, which must send queries by POST.
 */
export function createGateway(target: string | Client): Gateway {
  return typeof target === 'string'
    ? gatewayAt(target)
    : { client: target, connection: unobservedConnection, clock: createServerClock() }
}

function gatewayAt(url: string): Gateway {
  const clock = createServerClock()
  const endpoint = () => new URL(url, document.baseURI).href
  const { subscribe, connection } = connect(() => endpoint().replace(/^http/, 'ws'))
  const client = new Client({
    url,
    // The clientSecret is a variable, and no secret may stand in a URL.
    preferGetMethod: false,
    fetch: async (_, init) => {
      const response = await fetchGateway(endpoint(), init)
      clock.observe(Date.parse(response.headers.get('Date') ?? ''))
      return response
    },
    exchanges: [
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
            unsubscribe: subscribe(
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

/** The hash that codegen wrote into the document. Empty for any other document, whose text is then sent. */
function hashOf(document: object): string {
  const meta = '__meta__' in document ? document.__meta__ : undefined
  return typeof meta === 'object' && meta !== null && 'hash' in meta ? String(meta.hash) : ''
}
