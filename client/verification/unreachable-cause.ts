import type { CombinedError } from '@urql/core'

/** `network`: no answer arrived. `server`: the gateway's answer was an error, or no GraphQL. */
export type UnreachableCause = 'network' | 'server'

/** How Chrome, Firefox and Safari report that `fetch` got no answer. */
const networkError = /^(Failed to fetch|NetworkError|Load failed|The network connection)/

/** `network` only if the browser reports that no answer arrived, so that a mistake of ours never blames the network. */
export function causeOf(error: CombinedError | undefined): UnreachableCause {
  const cause: unknown = error?.networkError
  // Only the timeout aborts a request whose result anybody waits for. WebKit reports it as an AbortError.
  if (cause instanceof DOMException) return /^(Timeout|Abort)Error$/.test(cause.name) ? 'network' : 'server'
  return cause instanceof TypeError && networkError.test(cause.message) ? 'network' : 'server'
}
