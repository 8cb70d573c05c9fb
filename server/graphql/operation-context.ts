import type { IncomingMessage } from 'node:http'
import type { Caller } from '../share-requests/caller.ts'
import { RequestError } from '../share-requests/errors.ts'
import { requestError } from './errors.ts'
import type { OperationContext, Transport } from './operation.ts'

/** Rejects with a GraphQLError if the caller cannot be authenticated. */
export type ContextOf = (transport: Transport) => Promise<OperationContext>

/** @param callerOf who sent an HTTP request; rejects with a RequestError. */
export function createContextOf(
  given: Omit<OperationContext, 'caller' | 'req'>,
  callerOf: (request: IncomingMessage) => Promise<Caller>,
): ContextOf {
  return async (transport) => {
    if ('caller' in transport) return { ...given, caller: transport.caller }
    const { req } = transport
    try {
      return { ...given, caller: await callerOf(req), req }
    } catch (error) {
      if (!(error instanceof RequestError)) throw error
      // An invalid key fails the whole request with HTTP 401.
      throw requestError(error.code, error.message)
    }
  }
}
