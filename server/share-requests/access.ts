import { requireAcceptableText } from './acceptable-text.ts'
import { type Caller, requireScope, type Scope } from './caller.ts'
import { isClientSecret } from './client-secret.ts'

/** Names one share request. A customer proves with the clientSecret that it is theirs. */
export interface ShareRequestCredentials {
  id: string
  clientSecret?: string | null | undefined
}

/**
 * The one place that decides who may see a share request, before it is looked up: so a wrong clientSecret is answered like
 * an unknown ID, and takes as long. `secrets` are those from which clientSecrets may be derived.
 * @returns false for a wrong clientSecret. Throws RequestError if the caller has neither a clientSecret nor the scope.
 */
export function mayAccess(
  caller: Caller,
  { id, clientSecret }: ShareRequestCredentials,
  scope: Scope,
  secrets: readonly string[],
): boolean {
  requireAcceptableText('id', id)
  requireAcceptableText('clientSecret', clientSecret)
  if (clientSecret != null) return secrets.some((secret) => isClientSecret(secret, id, clientSecret))
  requireScope(caller, scope, "the share request's clientSecret")
  return true
}
