import { currentRequest } from '../monitoring/log.ts'
import type { Caller } from '../share-requests/caller.ts'
import { RequestError } from '../share-requests/errors.ts'
import { keyIdIn, partnerOf } from '../share-requests/partner-keys.ts'
import type { Store } from '../share-requests/store.ts'

/**
 * Authenticates the value of an Authorization header, or of its counterparts on a WebSocket. Rejects with a
 * RequestError, UNAUTHENTICATED, if it is anything but `Bearer <key>` with a live partner key.
 */
export type Authenticate = (authorization: unknown, address: string) => Promise<Caller>

/** The authentication of all transports. Without an Authorization the caller is a customer. */
export const createAuthenticate =
  (store: Store): Authenticate =>
  async (authorization, address) => {
    noteKeyId(authorization)
    if (authorization === undefined || authorization === null) return { kind: 'CUSTOMER', address }
    const partner = await partnerOf(store, keyIn(authorization), store.now())
    if (partner === null) throw unauthenticated('The partner key is unknown, revoked or expired.')
    return partner
  }

/** Makes the log name the key of a request, also if it is refused. */
function noteKeyId(authorization: unknown): void {
  const request = currentRequest.getStore()
  const keyId = typeof authorization === 'string' ? keyIdIn(authorization) : null
  if (request !== undefined && keyId !== null) request.keyId = keyId
}

function keyIn(authorization: unknown): string {
  if (typeof authorization !== 'string') throw unauthenticated('The Authorization must be a string.')
  const [scheme = '', key, ...rest] = authorization.trim().split(/\s+/)
  if (scheme === '') throw unauthenticated('The Authorization is empty.')
  if (scheme.startsWith('pmk_')) throw unauthenticated('The Authorization has a key without "Bearer".')
  if (scheme.toLowerCase() !== 'bearer')
    throw unauthenticated('The Authorization must use the scheme "Bearer".')
  if (key === undefined) throw unauthenticated('The Authorization has no key after "Bearer".')
  if (rest.length > 0) throw unauthenticated('The Authorization has white space in its key.')
  return key
}

const unauthenticated = (message: string) =>
  new RequestError(
    'UNAUTHENTICATED',
    `${message} Send "Bearer <key>" with a valid partner key, or no Authorization.`,
  )
