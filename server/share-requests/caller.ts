import { RequestError } from './errors.ts'

export const scopes = ['share-requests:read', 'share-requests:write', 'facts:read'] as const
export type Scope = (typeof scopes)[number]

/**
 * Who asks. A customer has nothing but the clientSecret of one share request; a partner's system holds an API key
 * and sees all share requests of this gateway.
 */
export type Caller = CustomerCaller | PartnerCaller

export interface CustomerCaller {
  kind: 'CUSTOMER'
  /** Network address, for rate limits. */
  address: string
}

export interface PartnerCaller {
  kind: 'PARTNER'
  /** Id of the key, which is no secret. */
  keyId: string
  scopes: readonly Scope[]
}

/**
 * @returns `caller`, a partner whose key has `scope`; else throws a RequestError. `alternative` is what the caller could have
 * sent instead of a key.
 */
export function requireScope(caller: Caller, scope: Scope, alternative?: string): PartnerCaller {
  if (caller.kind === 'CUSTOMER')
    throw new RequestError(
      'UNAUTHENTICATED',
      `Requires ${alternative ? `${alternative}, or ` : ''}a partner key with the scope ${scope}. Send the key as "Authorization: Bearer <key>", on WebSocket as connectionParams.authorization.`,
    )
  if (!caller.scopes.includes(scope))
    throw new RequestError(
      'FORBIDDEN',
      `The partner key lacks the scope ${scope}. It has: ${caller.scopes.join(', ') || '(none)'}.`,
    )
  return caller
}
