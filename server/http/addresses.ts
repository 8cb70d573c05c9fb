import type { IncomingHttpHeaders } from 'node:http'
import { isIP, isIPv6 } from 'node:net'

/** What is read of a request. */
export interface Sender {
  headers: IncomingHttpHeaders
  socket: { remoteAddress?: string | undefined }
}

/**
 * The address that a request counts for. Each of the `trustedProxies` in front of the gateway has added to
 * X-Forwarded-For the address of who spoke to it, so that as many entries from the end are believed; what stands
 * before them is the sender's own word. Without proxies none is.
 */
export function addressOf({ headers, socket }: Sender, trustedProxies: number): string {
  const forwarded = trustedProxies > 0 ? headers['x-forwarded-for'] : undefined
  const hops = typeof forwarded === 'string' ? forwarded.split(',') : []
  const named = withoutPort(hops.at(-Math.min(trustedProxies, hops.length)) ?? '')
  return networkOf(isIP(named) ? named : (socket.remoteAddress ?? 'unknown'))
}

/** Some proxies write `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
const withoutPort = (hop: string) =>
  hop
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1')

/**
 * What one customer can change at will counts as one address: of IPv6, of which a customer has a whole /64, the first
 * four groups. IPv4 in the clothes of IPv6 is IPv4.
 */
function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const v4 = /^::ffff:([\d.]+)$/i.exec(address)?.[1]
  if (v4 !== undefined) return v4
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? []
  const groups = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - groups.length - after.length
  const all = [...groups, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after]
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
