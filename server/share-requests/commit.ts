import type { Monitor } from './monitor.ts'
import { isTerminal, type ShareRequest } from './share-request.ts'
import type { Store } from './store.ts'
import { inSpan, spanAttributes } from './tracing.ts'
import { type ShareRequestEvent, transition } from './transitions.ts'

interface Deps {
  store: Store
  monitor: Monitor
}

/** How soon facts are fetched that the check did not fetch when it saw the approval. */
const approvalRetryMs = 2_000

/**
 * Makes the transitions that `events` call for, one after another, and writes the result.
 * @returns the share request afterwards; null if an event does not apply, or another write came first.
 */
export async function commit(
  { store, monitor }: Deps,
  request: ShareRequest,
  ...events: ShareRequestEvent[]
): Promise<ShareRequest | null> {
  const now = store.now()
  let next: ShareRequest | null = request
  for (const event of events) next = next && transition(next, event, now)
  if (next === null) return null
  const nextWorkAt = isTerminal(next) ? null : now + approvalRetryMs
  const write = () => store.update(request, next, nextWorkAt)
  if (!(await inSpan('transition', spanAttributes(next), write))) return null
  if (isTerminal(next)) monitor.transition(next)
  return next
}
