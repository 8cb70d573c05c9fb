import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ExecutionArgs } from 'graphql'
import type { Context } from '../schema/context.ts'
import type { Caller } from '../share-requests/caller.ts'

/** The parameters of a GraphQL request. */
export interface OperationParams {
  /** May be left out or empty if `extensions` has its hash. */
  query?: string | null | undefined
  operationName?: string | null | undefined
  variables?: Record<string, unknown> | null | undefined
  extensions?: Record<string, unknown> | null | undefined
}

export interface HttpExchange {
  req: IncomingMessage
  res: ServerResponse
}

/** Where an operation comes from: an HTTP exchange, or a WebSocket with an authenticated caller. */
export type Transport = HttpExchange | { caller: Caller }

/** The context of resolvers, and over HTTP the request, whose headers contain the trace of the caller. */
export interface OperationContext extends Context {
  req?: IncomingMessage
}

/** An operation that is parsed, valid and authenticated. */
export interface Operation extends ExecutionArgs {
  contextValue: OperationContext
}
