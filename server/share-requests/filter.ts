import { requireAcceptableText } from './acceptable-text.ts'
import { RequestError } from './errors.ts'
import type { ShareRequest, ShareRequestState } from './share-request.ts'
import type { Store } from './store.ts'

/** How far share requests are counted. */
export const maxCount = 10_000

/** Which share requests are meant. All conditions must match; null, or left out, is no condition. */
export interface ShareRequestFilter {
  id?: string | null
  policy: string | null
  reference: string | null
  /** What the reference begins with. */
  referencePrefix?: string | null
  states: readonly ShareRequestState[] | null
  /** Approved, and whether all checks passed. */
  passed?: boolean | null
  /** Created at this time or later, in milliseconds since the epoch. */
  createdFrom?: number | null
  createdBefore?: number | null
}

/** Throws a RequestError if a text cannot be compared with what is stored. */
export function requireAcceptableFilter(filter: ShareRequestFilter): void {
  for (const name of ['id', 'policy', 'reference', 'referencePrefix'] as const)
    requireAcceptableText(`filter.${name}`, filter[name])
}

/**
 * As `requireAcceptableFilter`, for a list. What has a prefix is looked up first and sorted then: so that this stays
 * cheap, no more than `maxCount` may have it.
 */
export async function requireListable(
  store: Pick<Store, 'countReferences'>,
  filter: ShareRequestFilter,
): Promise<void> {
  requireAcceptableFilter(filter)
  const { referencePrefix } = filter
  if (referencePrefix == null) return
  if ((await store.countReferences(referencePrefix, maxCount + 1)) > maxCount)
    throw new RequestError(
      'BAD_USER_INPUT',
      `filter.referencePrefix: More than ${maxCount} references begin with this. Make it longer.`,
    )
}

export function matches(filter: ShareRequestFilter, request: ShareRequest): boolean {
  const { id, policy, reference, referencePrefix, states, passed, createdFrom, createdBefore } = filter
  return (
    (id == null || id === request.id) &&
    (policy === null || policy === request.policy.name) &&
    (reference === null || reference === request.reference) &&
    (referencePrefix == null || (request.reference?.startsWith(referencePrefix) ?? false)) &&
    (states === null || states.includes(request.state)) &&
    (passed == null || (request.state === 'APPROVED' && request.outcome.passed === passed)) &&
    (createdFrom == null || request.createdAt >= createdFrom) &&
    (createdBefore == null || request.createdAt < createdBefore)
  )
}
