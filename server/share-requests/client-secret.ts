import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * The capability that lets one browser follow one share request: an HMAC of the id under the gateway's secret. There
 * is nothing to store, and it is worthless once the share request is gone.
 */
export const clientSecretOf = (gatewaySecret: string, id: string) =>
  createHmac('sha256', gatewaySecret).update(`client-secret:${id}`).digest('base64url')

/** Compares in constant time. */
export function isClientSecret(gatewaySecret: string, id: string, candidate: string): boolean {
  const expected = Buffer.from(clientSecretOf(gatewaySecret, id))
  const given = Buffer.from(candidate)
  return given.length === expected.length && timingSafeEqual(given, expected)
}
