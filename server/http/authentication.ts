import { currentRequest } from '../monitoring/log.ts'
import type { Caller } from '../share-requests/caller.ts'
import { RequestError } from '../share-requests/errors.ts'
import { keyIdIn, partnerOf } from '../share-requests/partner-keys.ts'
import type { Store } from '../share-requests/store.ts'

/** Tells who calls, by the `Authorization` value that came with a request or with a socket's connection_init. */
export type Authenticate = (authorization: unknown, address: string) => Promise<Caller>

/**
 * The one authentication for all transports: without an authorization the caller is a customer, with a live partner
 * key a partner; all else is a RequestError, UNAUTHENTICATED.
 */
export const createAuthenticate =
  (store: Store): Authenticate =>
  async (authorization, address) => {
    noteKeyId(authorization)
    if (authorization === undefined || authorization === null) return { kind: 'CUSTOMER', address }
    const key = typeof authorization === 'string' ? /^Bearer +(\S+)$/i.exec(authorization)?.[1] : undefined
    const partner = key === undefined ? null : await partnerOf(store, key, store.now())
    if (partner !== null) return partner
    throw new RequestError(
      'UNAUTHENTICATED',
      'This partner key is not valid: it is unknown, revoked or past its end. Send "Authorization: Bearer <key>", or no Authorization at all.',
    )
  }

/** Lets the log say which key a request came with, also where it is refused. */
function noteKeyId(authorization: unknown): void {
  const request = currentRequest.getStore()
  const keyId = typeof authorization === 'string' ? keyIdIn(authorization) : null
  if (request !== undefined && keyId !== null) request.keyId = keyId
}
