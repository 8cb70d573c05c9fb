import type { Dispatcher } from 'undici'
import type { IdentityService } from '../share-requests/identity-service.ts'
import { type CircuitOptions, createCircuit } from './circuit.ts'
import type { ProxyOptions } from './dispatcher.ts'
import { createExchange } from './exchange.ts'
import { createFactsReader } from './facts.ts'
import type { CircuitState, Log, UpstreamMonitor } from './monitor.ts'
import { creationRequest, factsRequest, statusRequest, tokenRequest } from './requests.ts'
import { send } from './send.ts'
import { createStatusReader } from './statuses.ts'
import { createTokens } from './tokens.ts'
import { createUpstream, type Retries } from './upstream.ts'

export interface PortmoneOptions {
  /** Base URL of the Portmone Service. Its path is a prefix of every path of the contract. */
  url: string
  clientId: string
  clientSecret: string
  log: Log
  monitor: UpstreamMonitor
  timeouts?: Partial<Timeouts>
  retries?: Partial<Retries>
  circuit?: Partial<CircuitOptions>
  maxConnections?: number
  maxAnswerBytes?: number
  /** Default: no proxy. */
  proxy?: ProxyOptions | undefined
  /** Sends instead of the client's own connection pool. Its creator closes it. */
  dispatcher?: Dispatcher
  /** Milliseconds since the epoch, by which dates in answers are judged. */
  now?: () => number
  /** Milliseconds since any start, by which tokens expire. It never goes back. */
  clock?: () => number
}

/** Milliseconds. */
export interface Timeouts {
  /** Counts within an attempt. */
  connect: number
  attempt: number
  /** For a call with all its attempts and delays. */
  call: number
}

const defaults = {
  timeouts: { connect: 2_000, attempt: 4_000, call: 10_000 },
  retries: { attempts: 2, initialDelayMs: 150, maxDelayMs: 2_000 },
  circuit: { maxFailures: 5, openMs: 5_000 },
  maxConnections: 32,
  keepAliveTimeoutMs: 30_000,
  maxAnswerBytes: 256 * 1024,
}

/** The Portmone Service. Every failure is an IdentityServiceError. */
export interface Portmone extends IdentityService {
  readonly circuit: CircuitState
  /** Aborts calls in progress, which fail as UNAVAILABLE, and closes the connections. */
  close(): Promise<void>
}

export function createPortmone(options: PortmoneOptions): Portmone {
  const { clientId, clientSecret, log, monitor } = options
  const url = new URL(options.url)
  const { connect, attempt, call } = { ...defaults.timeouts, ...options.timeouts }
  let pool: Promise<Dispatcher> | undefined
  // Loaded with the first call, because undici takes a tenth of the time in which a gateway starts.
  const openPool = async (): Promise<Dispatcher> =>
    (await import('./dispatcher.ts')).createDispatcher({
      url,
      proxy: options.proxy,
      connections: options.maxConnections ?? defaults.maxConnections,
      connectTimeoutMs: connect,
      keepAliveTimeoutMs: defaults.keepAliveTimeoutMs,
    })
  const circuit = createCircuit({ ...defaults.circuit, ...options.circuit }, log, monitor)
  const limits = { timeoutMs: attempt, maxAnswerBytes: options.maxAnswerBytes ?? defaults.maxAnswerBytes }
  const exchange = createExchange({
    async send(request, signal) {
      if (options.dispatcher !== undefined) return send(options.dispatcher, request, limits, signal)
      pool ??= openPool()
      return send(await pool, request, limits, signal)
    },
    url,
    monitor,
  })
  const retries = { ...defaults.retries, ...options.retries }
  const upstream = createUpstream({ exchange, circuit, deadlineMs: call, retries })
  const tokens = createTokens({
    fetch: () => upstream.call(tokenRequest({ clientId, clientSecret })),
    clock: options.clock ?? (() => performance.now()),
    log,
  })
  const now = options.now ?? Date.now
  const statusOf = createStatusReader(log, monitor)
  const factsOf = createFactsReader(now, monitor)

  return {
    async createRequest(ask, idempotencyKey) {
      const { id, code } = await upstream.call(creationRequest(ask, idempotencyKey), tokens)
      return { code, issuerRequestId: id }
    },
    async statusOf(request) {
      return statusOf((await upstream.call(statusRequest(request))).status)
    },
    async factsOf(request) {
      return factsOf(await upstream.call(factsRequest(request, now), tokens))
    },
    get circuit() {
      return circuit.state
    },
    async close() {
      upstream.close()
      await (await pool)?.destroy()
    },
  }
}
