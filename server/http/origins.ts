import type { IncomingMessage, ServerResponse } from 'node:http'

interface OriginCheckOptions {
  /** Null if browsers reach the gateway at the address that it listens on. */
  publicUrl: string | null
  allowedOrigins: readonly string[]
  /** Called with every Origin that is not allowed. */
  onRejected: (origin: string) => void
}

/**
 * Whether a browser's request comes from a page that may make it: the gateway's own, or one of an allowed origin.
 * A request without an Origin does not come from a browser's script, and carries no cookie to misuse.
 */
export function createOriginCheck({ publicUrl, allowedOrigins, onRejected }: OriginCheckOptions) {
  const allowed = new Set(
    publicUrl === null ? allowedOrigins : [new URL(publicUrl).origin, ...allowedOrigins],
  )
  return ({ headers: { origin, host } }: IncomingMessage): boolean => {
    if (origin === undefined || allowed.has(origin)) return true
    if (publicUrl === null && URL.canParse(origin) && new URL(origin).host === host) return true
    onRejected(origin)
    return false
  }
}

/** Log message for an origin that is not allowed, with what to do. */
export function originHint(publicUrl: string | null): string {
  return publicUrl === null
    ? 'a page of another origin was refused: set PUBLIC_URL to the URL under which browsers reach this gateway, or add the origin to ALLOWED_ORIGINS'
    : 'a page of another origin was refused: add it to ALLOWED_ORIGINS, or correct PUBLIC_URL'
}

/** Allows the page that sent `request` to read `response`, if its origin is allowed. */
export function allowOrigin(
  allowedOrigins: readonly string[],
  { headers: { origin } }: IncomingMessage,
  response: ServerResponse,
): void {
  if (origin === undefined || !allowedOrigins.includes(origin)) return
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('access-control-expose-headers', exposedHeaders.join(', '))
  response.setHeader('vary', 'Origin')
}

/** The page's countdown uses the `Date` header. */
export const exposedHeaders = ['x-request-id', 'date']
