import { RequestError } from './errors.ts'

export const scopes = ['share-requests:read', 'share-requests:write', 'facts:read'] as const
export type Scope = (typeof scopes)[number]

/**
 * Who calls. A customer has only the clientSecret of one share request; a partner's system holds an API key
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
  /** ID of the key, which is not secret. */
  keyId: string
  scopes: readonly Scope[]
}

/**
 * @returns `caller` if it is a partner whose key has `scope`; otherwise throws a RequestError. `alternative` names what
 * the caller could send instead of a key.
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
