import type { Context } from 'hono'
import { setSignedCookie } from 'hono/cookie'
import { parseSigned } from 'hono/utils/cookie'

interface SecurePageCookieOptions {
  /** The first one signs; all of them verify. */
  gatewaySecrets: readonly string[]
  /** Path under which browsers reach the gateway. */
  basePath: string
  /** Whether browsers reach the gateway under TLS. */
  secure: boolean
}

/** Cookies of our name that are checked in one request. */
const maxCookies = 10

/**
 * Remembers which share request opened the secure page to this browser.
 *
 * Under TLS the name has the `__Host-` prefix: browsers let no other host of the same site set it, but demand that it
 * is sent with every path. Without TLS another host or path can set one of the same name, which may come first, so all
 * of them are read.
 */
export function createSecurePageCookie({ gatewaySecrets, basePath, secure }: SecurePageCookieOptions) {
  // Several gateways may be served under paths of one host.
  const name = secure ? `__Host-verified${basePath.replaceAll('/', '-')}` : 'verified'
  const keys = gatewaySecrets.map((secret) => `secure-page:${secret}`)
  const [signingKey = ''] = keys

  return {
    set: (context: Context, shareRequestId: string, maxAge: number) =>
      setSignedCookie(context, name, shareRequestId, signingKey, {
        path: secure ? '/' : `${basePath}/secure`,
        httpOnly: true,
        // A link on the partner's own site leads here, too.
        sameSite: 'Lax',
        secure,
        maxAge,
      }),

    /** IDs of the share requests in the request's validly signed cookies. */
    async read(context: Context): Promise<string[]> {
      const cookies = (context.req.header('cookie') ?? '').split(';')
      const ours = cookies.filter((cookie) => cookie.trim().startsWith(`${name}=`)).slice(0, maxCookies)
      const ids = await Promise.all(
        ours.flatMap((cookie) => keys.map(async (key) => (await parseSigned(cookie, key, name))[name])),
      )
      return ids.filter((id) => typeof id === 'string')
    },
  }
}
