import { requireAcceptableText } from './acceptable-text.ts'
import type { ShareRequest, ShareRequestState } from './share-request.ts'

/** Which share requests are meant. All conditions must match; null is no condition. */
export interface ShareRequestFilter {
  policy: string | null
  reference: string | null
  states: readonly ShareRequestState[] | null
}

/** Throws a RequestError if a text cannot be compared with what is stored. */
export function requireAcceptableFilter({ policy, reference }: ShareRequestFilter): void {
  requireAcceptableText('filter.policy', policy)
  requireAcceptableText('filter.reference', reference)
}

export const matches = (filter: ShareRequestFilter, request: ShareRequest): boolean =>
  (filter.policy === null || filter.policy === request.policy.name) &&
  (filter.reference === null || filter.reference === request.reference) &&
  (filter.states === null || filter.states.includes(request.state))
