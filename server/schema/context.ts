import type { Caller } from '../share-requests/caller.ts'
import type { UserError } from '../share-requests/errors.ts'
import type { IdentityFacts } from '../share-requests/facts.ts'
import type { ShareRequest } from '../share-requests/share-request.ts'
import type { ShareRequests } from '../share-requests/share-requests.ts'

/** Passed to every resolver of one operation. */
export interface Context {
  caller: Caller
  shareRequests: ShareRequests
  /** Told of errors that are members of a result union. */
  onUserError?: (error: UserError) => void
}

/** Calls for facts that one operation makes at the same time. */
const maxConcurrentFetches = 4

type FetchFacts = (request: ShareRequest) => Promise<IdentityFacts>

/** Keyed by context instead of kept in it: few operations fetch facts, and thousands of subscriptions keep their context. */
const fetchers = new WeakMap<Context, FetchFacts>()

/** The facts of an approved share request, fetched once per operation, however often they are selected. */
export function factsOf(context: Context, request: ShareRequest): Promise<IdentityFacts> {
  const fetchFacts = fetchers.get(context) ?? createFetcher(context)
  fetchers.set(context, fetchFacts)
  return fetchFacts(request)
}

function createFetcher({ caller, shareRequests }: Context): FetchFacts {
  const fetched = new Map<string, Promise<IdentityFacts>>()
  const waiting: (() => void)[] = []
  let running = 0

  return (request) => {
    const facts = fetched.get(request.id) ?? fetchWithinLimit(request)
    fetched.set(request.id, facts)
    return facts
  }

  async function fetchWithinLimit(request: ShareRequest): Promise<IdentityFacts> {
    if (running === maxConcurrentFetches) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await shareRequests.facts(caller, request)
    } finally {
      // The next one takes this one's place.
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
