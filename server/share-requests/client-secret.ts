import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * The capability to watch, check and cancel one share request: an HMAC of its ID under the gateway's secret. It is not
 * stored, and is invalid once the share request is deleted.
 */
export const clientSecretOf = (gatewaySecret: string, id: string) =>
  createHmac('sha256', gatewaySecret).update(`client-secret:${id}`).digest('base64url')

/** Compares in constant time. */
export function isClientSecret(gatewaySecret: string, id: string, candidate: string): boolean {
  const expected = Buffer.from(clientSecretOf(gatewaySecret, id))
  const given = Buffer.from(candidate)
  return given.length === expected.length && timingSafeEqual(given, expected)
}
