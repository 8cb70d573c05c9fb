import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { requestError } from '../graphql/errors.ts'
import { formattedError } from '../graphql/formatted-result.ts'
import { networksOf } from '../share-requests/networks.ts'
import type { Sender } from './addresses.ts'

/**
 * Limits what is open per address and in total. The larger networks of an IPv6 address are limited too, each with a
 * multiple of the limit.
 */
export class AddressCap {
  readonly #maxPerAddress: number
  readonly #max: number
  readonly #open = new Map<string, number>()
  #total = 0

  constructor(maxPerAddress: number, max = Number.POSITIVE_INFINITY) {
    this.#maxPerAddress = maxPerAddress
    this.#max = max
  }

  /** Counts one more for `address`. @returns false, without counting, if that exceeds a limit. */
  enter(address: string): boolean {
    const networks = networksOf(address)
    const isFull = networks.some(
      ({ name, allowance }) => this.#count(name) >= this.#maxPerAddress * allowance,
    )
    if (isFull || this.#total >= this.#max) return false
    for (const { name } of networks) this.#open.set(name, this.#count(name) + 1)
    this.#total++
    return true
  }

  leave(address: string): void {
    for (const { name } of networksOf(address)) {
      const count = this.#count(name)
      if (count > 1) this.#open.set(name, count - 1)
      else this.#open.delete(name)
    }
    this.#total--
  }

  #count(name: string): number {
    return this.#open.get(name) ?? 0
  }
}

export interface ConnectionLimits {
  /** Connections of all addresses together. */
  maxConnections: number
  /** Connections of one address, and requests in progress. */
  connectionsPerAddress: number
  /** Milliseconds within which a request must arrive completely. */
  requestTimeoutMs: number
  trustedProxies: number
  addressOf: (sender: Sender) => string
  /** Called with the error code of each refusal. */
  onRefused: (code: string) => void
}

/** Closes a connection on which nothing is sent or received during a response. Sockets and event streams have pings. */
const idleTimeoutMs = 60_000

/** Node answers 408 and closes if a request does not arrive completely in time. */
export const timeouts = ({ requestTimeoutMs }: ConnectionLimits): ServerOptions => ({
  requestTimeout: requestTimeoutMs,
  headersTimeout: requestTimeoutMs,
  connectionsCheckingInterval: Math.min(1_000, requestTimeoutMs),
})

/**
 * Limits the connections of `server` in total and, unless there are proxies, per address. Requests in progress are limited
 * per address as well: behind a proxy all customers share its connections, and one connection can carry many requests.
 * @returns a function that admits a request. It returns the function to call when the response has closed; null if it
 * has refused the request and answered it.
 */
export function limitConnections(server: Server, limits: ConnectionLimits) {
  const { maxConnections, connectionsPerAddress, trustedProxies, addressOf, onRefused } = limits
  server.maxConnections = maxConnections
  server.timeout = idleTimeoutMs
  server.on('drop', () => onRefused('RATE_LIMITED'))

  if (trustedProxies === 0) {
    const connections = new AddressCap(connectionsPerAddress)
    server.on('connection', (socket: Socket) => {
      const address = addressOf({ headers: {}, socket })
      if (connections.enter(address)) socket.once('close', () => connections.leave(address))
      else {
        onRefused('RATE_LIMITED')
        socket.end(tooManyConnections, () => socket.destroy())
      }
    })
  }

  const requests = new AddressCap(connectionsPerAddress)
  return (request: IncomingMessage, response: ServerResponse): (() => void) | null => {
    // The connection is being refused.
    if (request.socket.writableEnded) return null
    const address = addressOf(request)
    if (requests.enter(address)) return () => requests.leave(address)
    onRefused('RATE_LIMITED')
    response.writeHead(429, {
      'content-type': 'application/json; charset=utf-8',
      connection: 'close',
      ...retryAfter,
    })
    response.end(JSON.stringify({ errors: [formattedError(tooManyRequests)] }))
    return null
  }
}

const retryAfter = { 'retry-after': '60' }
const tooManyRequests = requestError(
  'RATE_LIMITED',
  'Too many requests from this address are in progress. Retry later.',
)
const tooManyConnections =
  'HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'
