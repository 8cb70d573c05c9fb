import pLimit from 'p-limit'
import type { Caller } from '../share-requests/caller.ts'
import type { IdentityFacts } from '../share-requests/facts.ts'
import type { ShareRequest } from '../share-requests/share-request.ts'
import type { ShareRequests } from '../share-requests/share-requests.ts'

/** What every resolver of one operation is given. */
export interface Context {
  caller: Caller
  shareRequests: ShareRequests
  /** The facts of an approved share request: pulled once in an operation, however often selected. */
  factsOf(request: ShareRequest): Promise<IdentityFacts>
}

/** How many pulls of facts one operation makes at once. */
const mostPulls = 4

/** The context of one operation, on whatever transport it came. */
export function createContext(shareRequests: ShareRequests, caller: Caller): Context {
  let limit: ReturnType<typeof pLimit> | undefined
  const pulled = new Map<string, Promise<IdentityFacts>>()
  return {
    caller,
    shareRequests,
    factsOf(request) {
      limit ??= pLimit(mostPulls)
      const facts = pulled.get(request.id) ?? limit(() => shareRequests.facts(caller, request))
      pulled.set(request.id, facts)
      return facts
    },
  }
}
