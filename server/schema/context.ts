import pLimit from 'p-limit'
import type { Caller } from '../share-requests/caller.ts'
import type { IdentityFacts } from '../share-requests/facts.ts'
import type { ShareRequest } from '../share-requests/share-request.ts'
import type { ShareRequests } from '../share-requests/share-requests.ts'

/** What every resolver of one operation is given. */
export interface Context {
  caller: Caller
  shareRequests: ShareRequests
}

/** How many pulls of facts one operation makes at once. */
const maxConcurrentFetches = 4

/** By the context of the operation, and not in it: few operations pull any, and thousands of subscriptions keep theirs. */
const fetchers = new WeakMap<Context, (request: ShareRequest) => Promise<IdentityFacts>>()

/** The facts of an approved share request: pulled once in an operation, however often selected. */
export function factsOf(context: Context, request: ShareRequest): Promise<IdentityFacts> {
  const pull = fetchers.get(context) ?? fetchOnce(context)
  fetchers.set(context, pull)
  return pull(request)
}

function fetchOnce({ caller, shareRequests }: Context) {
  const limit = pLimit(maxConcurrentFetches)
  const pulled = new Map<string, Promise<IdentityFacts>>()
  return (request: ShareRequest) => {
    const facts = pulled.get(request.id) ?? limit(() => shareRequests.facts(caller, request))
    pulled.set(request.id, facts)
    return facts
  }
}
