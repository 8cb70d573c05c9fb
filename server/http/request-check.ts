import type { IncomingMessage } from 'node:http'

/** Why a request is rejected or redirected. */
export interface Rejection {
  status: 400 | 403 | 404 | 308
  /** For the metric. */
  reason: string
  message: string
  /** URL to redirect to. */
  location?: string
}

interface RequestCheckOptions {
  /** Path under which browsers reach the gateway, without a slash at its end: `/verify`; empty for none. */
  basePath: string
  isHostAllowed: (host: string) => boolean
  onRejected: (reason: string) => void
}

/** Plain segments: no percent-encoding, no empty ones, none that begin with a dot. */
const plainPath = /^(?:\/[\w~-][\w.~-]*)*\/?$/
const hostPattern = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/**
 * Checks the request line and the Host header, for every transport, and leaves a plain path in `request.url`: without
 * scheme, host and base path, whether or not a proxy has already removed the base path. A path has only one spelling, so
 * `/%6detrics` cannot bypass a proxy's rule for `/metrics`.
 */
export function createRequestCheck(options: RequestCheckOptions) {
  const { basePath, isHostAllowed, onRejected } = options
  return (request: IncomingMessage): Rejection | null => {
    const rejection = check(request)
    if (rejection !== null && rejection.location === undefined) onRejected(rejection.reason)
    return rejection
  }

  function check(request: IncomingMessage): Rejection | null {
    if (hasSeveralHosts(request)) return severalHosts
    // RFC 9112, 3.2.2: the absolute form names the host itself.
    const absolute = /^https?:\/\/([^/?#]*)(.*)$/i.exec(request.url ?? '')
    if (absolute !== null) {
      request.headers.host = absolute[1]
      request.url = absolute[2]?.startsWith('/') ? absolute[2] : `/${absolute[2]}`
    }
    // Optional in HTTP/1.0, which some health checks use. Node refuses HTTP/1.1 without it.
    request.headers.host ??= 'localhost'
    const { host } = request.headers
    if (!hostPattern.test(host)) return invalidHost
    if (!isHostAllowed(host)) return hostNotAllowed

    const [path = '', query] = splitAt(request.url ?? '', '?')
    if (basePath !== '' && path === basePath) return redirectTo(`${basePath}/${query}`)
    const inner = basePath !== '' && path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path
    if (!inner.startsWith('/') || !plainPath.test(inner)) return notFound
    request.url = (inner === '/graphql/' ? '/graphql' : inner) + query
    return null
  }
}

/** Node keeps the first of several Host headers in `headers`. `headersDistinct` would copy all headers of each request. */
const hasSeveralHosts = ({ rawHeaders }: IncomingMessage) =>
  rawHeaders.filter((name, index) => index % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host')
    .length > 1

/** `text` before the first `separator`, and from it on. */
function splitAt(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator)
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index)]
}

const severalHosts: Rejection = {
  status: 400,
  reason: 'BAD_REQUEST',
  message: 'Send one Host header, not several.',
}
const invalidHost: Rejection = {
  status: 400,
  reason: 'BAD_REQUEST',
  message: 'The Host header is not a host name.',
}
const hostNotAllowed: Rejection = {
  status: 403,
  reason: 'HOST_NOT_ALLOWED',
  message:
    'This gateway does not serve the host that the request names. Set PUBLIC_URL to the URL under which browsers reach it, or add the host to ALLOWED_HOSTS.',
}
const notFound: Rejection = { status: 404, reason: 'NOT_FOUND', message: 'Not found.' }
const redirectTo = (location: string): Rejection => ({
  status: 308,
  reason: 'MOVED',
  message: `The page is at ${location}`,
  location,
})
