import { isIP, isIPv4 } from 'node:net'

/**
 * Whether a gateway without a public URL answers for `host`. A page of another site can have its own name resolve to
 * the gateway's address (DNS rebinding), and would then share its origin. So only names that no other site can have
 * are accepted: loopback, the address that the gateway listens on, and those that the operator allows.
 * @param listening the address that the gateway listens on. With `0.0.0.0` or `::` that is every IP address.
 * @param allowed further host names, without a port.
 */
export function createHostCheck(listening: string, allowed: readonly string[]) {
  const names = new Set([...allowed, listening].map(normalized))
  const listensEverywhere = listening === '0.0.0.0' || listening === '::'
  return (host: string): boolean => {
    const name = normalized(host.replace(/:\d+$/, ''))
    return names.has(name) || isLoopback(name) || (listensEverywhere && isIP(name) !== 0)
  }
}

const normalized = (host: string) =>
  host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')

const isLoopback = (name: string) =>
  name === 'localhost' ||
  name.endsWith('.localhost') ||
  name === '::1' ||
  (isIPv4(name) && name.startsWith('127.'))
