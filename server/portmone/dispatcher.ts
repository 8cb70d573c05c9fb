import { type Agent, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici'

/** Through which proxies calls are sent; the values of HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
export interface ProxyOptions {
  http?: string | undefined
  https?: string | undefined
  /** Comma-separated hosts that are reached without a proxy; loopback addresses always are. */
  except?: string | undefined
}

export interface DispatcherOptions {
  url: URL
  proxy: ProxyOptions | undefined
  /** At most this many sockets. */
  connections: number
  connectTimeoutMs: number
  /** How long an idle connection is kept, unless the server states another time. */
  keepAliveTimeoutMs: number
}

/** Sends requests to the origin of `url`, directly or through a proxy. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { url, proxy, connections, connectTimeoutMs, keepAliveTimeoutMs } = options
  const limits: Pool.Options = {
    connections,
    connectTimeout: connectTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    pipelining: 1,
    allowH2: false,
  }
  if (isLoopback(url.hostname) || !(proxy?.http || proxy?.https)) return new Pool(url.origin, limits)
  return new EnvHttpProxyAgent({
    ...limits,
    // undici passes only `connect` to the pool that forwards plain HTTP to a proxy.
    factory: (origin, given: Agent.Options) => new Pool(origin, { ...limits, ...given }),
    // A proxy that accepts the connection, but never opens the tunnel, would otherwise block it for minutes.
    clientFactory: (proxyUrl, given) => new Pool(proxyUrl, { ...given, headersTimeout: connectTimeoutMs }),
    // Never undefined: undici would read the environment.
    httpProxy: proxy.http ?? '',
    httpsProxy: proxy.https ?? '',
    noProxy: proxy.except ?? '',
  })
}

const isLoopback = (hostname: string) => /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
