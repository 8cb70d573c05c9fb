import type { IncomingMessage } from 'node:http'
import { GraphQLError } from 'graphql'
import type { Caller } from '../share-requests/caller.ts'
import { RequestError } from '../share-requests/errors.ts'
import type { ShareRequests } from '../share-requests/share-requests.ts'
import type { OperationContext, Transport } from './operation.ts'

/** Rejects with a GraphQLError where the caller can not be authenticated. */
export type ContextOf = (transport: Transport) => Promise<OperationContext>

/** @param callerOf who sent an HTTP request; rejects with a RequestError. */
export function createContextOf(
  shareRequests: ShareRequests,
  callerOf: (request: IncomingMessage) => Promise<Caller>,
): ContextOf {
  return async (transport) => {
    if ('caller' in transport) return { caller: transport.caller, shareRequests }
    const { req } = transport
    return { caller: await authenticated(req), shareRequests, req }
  }

  /** A key that is no good fails the whole request, as HTTP says it: 401. */
  async function authenticated(request: IncomingMessage): Promise<Caller> {
    try {
      return await callerOf(request)
    } catch (error) {
      if (!(error instanceof RequestError)) throw error
      throw new GraphQLError(error.message, { extensions: { code: error.code, http: { status: 401 } } })
    }
  }
}
