import { setTimeout } from 'node:timers/promises'
import type { Config } from './config.ts'
import { createCore } from './core.ts'
import { CompiledOperations } from './graphql/compiled-operations.ts'
import { createDocuments } from './graphql/documents.ts'
import { createExecution } from './graphql/execution.ts'
import { introspectionGuard } from './graphql/introspection-guard.ts'
import { toGraphQLError } from './graphql/masking.ts'
import { createContextOf } from './graphql/operation-context.ts'
import { createPersistedOperations, readOperations } from './graphql/persisted-operations.ts'
import { createPrepare } from './graphql/prepare.ts'
import { addressOf, forwardedHint, isForwarded, type Sender } from './http/addresses.ts'
import { createAuthenticate } from './http/authentication.ts'
import { AddressCap } from './http/connection-limits.ts'
import { EventStreams } from './http/event-streams.ts'
import { createGraphQLGuard } from './http/graphql-guard.ts'
import { createGraphQLRequests } from './http/graphql-requests.ts'
import { createHostCheck } from './http/hosts.ts'
import { createOriginCheck, originHint } from './http/origins.ts'
import { PersistedFastPath } from './http/persisted-fast-path.ts'
import { createRequestCheck } from './http/request-check.ts'
import { createHttpServer } from './http/server.ts'
import { Sessions } from './http/sessions.ts'
import { SlowReaders } from './http/slow-readers.ts'
import { createGraphQL } from './http/yoga.ts'
import type { Logger } from './monitoring/log.ts'
import { createMonitoring } from './monitoring/metrics.ts'
import { Notices } from './monitoring/notices.ts'
import { createPages } from './pages/pages.ts'
import { clientDir, pageOperations } from './paths.ts'
import { createPortmone, type PortmoneOptions } from './portmone/index.ts'
import { schema } from './schema/index.ts'
import type { Clock } from './share-requests/clock.ts'
import { RequestError } from './share-requests/errors.ts'
import { readPolicies } from './share-requests/policies.ts'
import type { Store } from './share-requests/store.ts'
import { openStore } from './store/index.ts'
import { openRateLimits } from './store/rate-limits.ts'
import { defaultWatcherSettings, type WatcherSettings } from './watcher/schedule.ts'
import { serveWebSockets } from './websocket/server.ts'

export interface GatewayOptions {
  config: Config
  log: Logger
  /** The watcher's intervals and timeouts; for tests that cannot wait. */
  watcher?: Partial<WatcherSettings>
  /** Overrides timeouts, retries and the circuit of calls to Portmone. */
  portmone?: Pick<PortmoneOptions, 'timeouts' | 'retries' | 'circuit'>
  /** Replaces the system's clock for share requests. */
  clock?: Clock
  /** Folder of the built client, if not the default. */
  clientDir?: string
}

export interface Gateway {
  /** Origin that it listens on. */
  url: string
  store: Store
  /** Subscriptions that are open. */
  readonly subscribers: number
  /**
   * Stops accepting connections, closes sockets so that clients reconnect elsewhere, lets requests in flight finish,
   * flushes pending writes and closes the store. For `delayMs` before that only readiness fails, so that load balancers
   * send no new traffic.
   */
  stop(options?: { delayMs?: number }): Promise<void>
}

/**
 * Puts the gateway together and starts it. Throws PoliciesFileError, OperationsFileError, ListenError, or the store's own
 * errors.
 */
export async function startGateway(deps: GatewayOptions): Promise<Gateway> {
  const { config, log, watcher, clock } = deps
  const policies = readPolicies(config.policiesFile)
  const persisted = createPersistedOperations(
    new Map([...readOperations([pageOperations], null), ...readOperations(config.operationsFiles, schema)]),
    config.operationsFiles.length > 0,
  )
  const monitoring = createMonitoring(log)
  const { monitor, refusals } = monitoring
  const notices = new Notices(log)
  const store = await openStore({ ...config, clock: clock?.now })
  const limits = await openRateLimits(config).catch(async (error) => {
    await store.close()
    throw error
  })
  const portmone = createPortmone({
    ...config.portmone,
    proxy: config.proxy,
    now: () => store.now(),
    ...deps.portmone,
    log,
    monitor: monitoring.upstream,
  })
  const core = createCore({
    publicHost: config.publicUrl === null ? null : new URL(config.publicUrl).host,
    store,
    identityService: portmone,
    policies,
    gatewaySecret: config.gatewaySecret,
    previousGatewaySecret: config.gatewaySecretPrevious,
    limits,
    createsPerMinute: config.createsPerMinute,
    checksPerMinute: config.checksPerMinute,
    monitor,
    settings: {
      ...defaultWatcherSettings,
      expiryGraceMs: config.expiryGraceMs,
      factsRetryWindowMs: config.factsRetryWindowMs,
      ...watcher,
    },
    upstreamBudget: config.upstreamBudget,
    retentionMs: config.retentionMs,
    ...(clock && { timers: clock }),
  })
  const { shareRequests } = core

  const authenticate = createAuthenticate(store)
  const sessions = new Sessions(store, (error) =>
    monitor.failed('looking at the keys of open sessions', error),
  )
  const addressOfRequest = (request: Sender) => {
    if (config.trustedProxies === 0 && isForwarded(request)) notices.warn(forwardedHint)
    return addressOf(request, config.trustedProxies)
  }
  const cap = new AddressCap(config.streamsPerAddress)
  const slowReaders = new SlowReaders(config)
  const secure = config.publicUrl?.startsWith('https:') ?? false
  const { publicUrl, allowedOrigins } = config
  const basePath = publicUrl === null ? '' : new URL(publicUrl).pathname.replace(/\/$/, '')
  const isOriginAllowed = createOriginCheck({
    publicUrl,
    allowedOrigins,
    onRejected(origin) {
      refusals.add('ORIGIN_NOT_ALLOWED')
      notices.warn(originHint(publicUrl), origin)
    },
  })
  const checkRequest = createRequestCheck({
    basePath,
    onRejected: refusals.add,
    isHostAllowed: publicUrl === null ? createHostCheck(config.host, config.allowedHosts) : () => true,
  })
  const mask = (error: unknown) => {
    const shown = toGraphQLError(error, monitoring.operationFailed)
    refusals.addErrors([shown])
    return shown
  }
  const keepsSchema = config.introspection === 'partners'
  const documents = createDocuments({ known: persisted.texts, hideSuggestions: keepsSchema })
  const contextOf = createContextOf({ shareRequests, onUserError: refusals.addUserError }, (request) =>
    authenticate(request.headers.authorization, addressOfRequest(request)),
  )
  const execution = createExecution({
    documents,
    guards: [...persisted.guards, ...(keepsSchema ? [introspectionGuard] : [])],
    mask,
    compiled: new CompiledOperations(persisted.texts),
    onExecute: monitoring.executed,
    hideSuggestions: keepsSchema,
  })
  const streams = new EventStreams({ cap, sessions, addressOf: addressOfRequest, execution, mask })
  const yoga = createGraphQL({
    documents,
    contextOf,
    execution,
    mask,
    allowedOrigins,
    persisted,
    onErrors: refusals.addErrors,
  })
  const prepare = createPrepare({ documents, contextOf, persisted, onErrors: refusals.addErrors })
  let draining = false
  const pages = createPages({
    shareRequests,
    gatewaySecrets: [
      config.gatewaySecret,
      ...(config.gatewaySecretPrevious === null ? [] : [config.gatewaySecretPrevious]),
    ],
    brand: { ...config.brand, name: config.brand.name ?? (publicUrl && new URL(publicUrl).hostname) },
    returnOrigins: config.returnOrigins,
    isOriginAllowed,
    now: () => store.now(),
    windowMs: config.securePageWindowMs,
    basePath,
    secure,
    clientDir: deps.clientDir ?? clientDir,
    portmoneOrigin: config.portmone.browserOrigin,
    graphiql: config.graphiql,
    registry: config.metrics ? monitoring.registry : null,
    checkReady: async () => {
      if (draining) throw new Error('shutting down')
      await store.check()
    },
    onNotReady: monitoring.notReady,
    reportError: monitoring.operationFailed,
    log,
  })
  const http = createHttpServer({
    checkRequest,
    operations: createGraphQLRequests({
      ...{ yoga, streams, documents, persisted, contextOf, prepare, mask, allowedOrigins },
      fastPath: new PersistedFastPath({
        ...{ prepare, execution, mask },
        onTaken: monitoring.fastPathTaken,
      }),
      onErrors: refusals.addErrors,
    }),
    acceptRequest: createGraphQLGuard(secure, config.allowedOrigins.length > 0, refusals.add),
    pages,
    keepAliveTimeoutMs: config.keepAliveTimeoutMs,
    slowReaders,
    limits: { ...config, addressOf: addressOfRequest, onRefused: refusals.add },
    secure,
  })
  const sockets = serveWebSockets(http.server, {
    prepare,
    execution,
    authenticate: (authorization, address) =>
      authenticate(authorization, address).catch((error) => {
        if (error instanceof RequestError) refusals.add(error.code)
        throw error
      }),
    sessions,
    cap,
    onErrors: refusals.addErrors,
    operations: new AddressCap(config.operationsPerAddress, config.maxOperations),
    addressOf: addressOfRequest,
    checkRequest,
    isOriginAllowed,
    settings: config,
    log,
  })
  slowReaders.sockets = sockets.clients
  monitoring.watch({
    subscribers: () => core.subscribers,
    sockets: () => sockets.clients.size,
    pending: () => store.countPending(policies.map(({ name }) => name)),
  })

  let port: number
  try {
    port = await http.listen(config.port, config.host)
  } catch (error) {
    await Promise.all([store.close(), limits.close(), portmone.close()])
    throw error
  }
  core.start()
  sessions.start()
  streams.start()
  slowReaders.start()

  if (publicUrl !== null && config.trustedProxies === 0)
    log.warn(
      'PUBLIC_URL is set, but TRUSTED_PROXIES is 0: all who come through a proxy share the limits of one address',
    )
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
  log.info({ url }, 'gateway listening')
  return {
    url,
    store,
    get subscribers() {
      return core.subscribers
    },
    async stop({ delayMs = 0 } = {}) {
      draining = true
      http.drain()
      await setTimeout(delayMs)
      sessions.stop()
      streams.stop()
      slowReaders.stop()
      await Promise.all([
        http.close({ graceMs: config.shutdownGraceMs, idleMs: Math.min(delayMs, 500) }),
        sockets.stop(),
      ])
      await core.stop()
      await Promise.all([store.close(), limits.close(), portmone.close()])
      monitoring.stop()
      log.info('gateway stopped')
    },
  }
}
