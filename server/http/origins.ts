import type { IncomingMessage } from 'node:http'

/**
 * Whether a browser's request comes from a page that may make it: the gateway's own, or one of an allowed origin.
 * Without an Origin it comes from no browser's script, and carries no cookie to misuse.
 */
export function createOriginCheck(publicUrl: string | null, allowedOrigins: readonly string[]) {
  const allowed = new Set(publicUrl === null ? allowedOrigins : [publicUrl, ...allowedOrigins])
  return ({ headers: { origin, host } }: IncomingMessage): boolean => {
    if (origin === undefined || allowed.has(origin)) return true
    return publicUrl === null && URL.canParse(origin) && new URL(origin).host === host
  }
}
