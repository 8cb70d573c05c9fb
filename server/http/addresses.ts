import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { networksOf } from '../share-requests/networks.ts'

/** The parts of a request that determine its address. */
export interface Sender {
  headers: IncomingHttpHeaders
  socket: { remoteAddress?: string | undefined }
}

/**
 * The address under which a request is counted; for IPv6, its /64 network. Each of the `trustedProxies` in front of the
 * gateway appends its peer's address to X-Forwarded-For, so that number of entries, from the end, can be trusted. The
 * sender can forge the others. Without proxies the header is ignored.
 */
export function addressOf({ headers, socket }: Sender, trustedProxies: number): string {
  const forwarded = trustedProxies > 0 ? headers['x-forwarded-for'] : undefined
  const address = hopIn(forwarded, trustedProxies) ?? socket.remoteAddress ?? 'unknown'
  return networksOf(address)[0]?.name ?? address
}

function hopIn(forwarded: string | string[] | undefined, trustedProxies: number): string | null {
  if (typeof forwarded !== 'string') return null
  const hops = forwarded.split(',')
  const hop = withoutPort(hops.at(-Math.min(trustedProxies, hops.length)) ?? '')
  return isIP(hop) ? hop : null
}

/** Whether the request has headers of a proxy, which its sender may have forged. */
export const isForwarded = ({ headers }: Sender) =>
  headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined

/** Log message for such a request if no proxy is trusted. */
export const forwardedHint =
  'a request was forwarded by a proxy, but TRUSTED_PROXIES is 0: all its customers share the limits of one address. Set TRUSTED_PROXIES to the number of proxies'

/** Some proxies write `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
const withoutPort = (hop: string) =>
  hop
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1')
