import type { CombinedError } from '@urql/core'
import isNetworkError from 'is-network-error'

export type UnreachableCause = 'network' | 'server'

/** `network` only if the browser reports that no answer arrived, so that a mistake of ours never blames the network. */
export function causeOf(error: CombinedError | undefined): UnreachableCause {
  const cause: unknown = error?.networkError
  const isTimeout = cause instanceof DOMException && cause.name === 'TimeoutError'
  return isTimeout || isNetworkError(cause) ? 'network' : 'server'
}
