import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ExecutionArgs } from 'graphql'
import type { Context } from '../schema/context.ts'
import type { Caller } from '../share-requests/caller.ts'

/** What a client asks, as the transports carry it. */
export interface OperationParams {
  /** Left out or empty where `extensions` have its hash. */
  query?: string | null | undefined
  operationName?: string | null | undefined
  variables?: Record<string, unknown> | null | undefined
  extensions?: Record<string, unknown> | null | undefined
}

export interface HttpExchange {
  req: IncomingMessage
  res: ServerResponse
}

/** What comes with an operation, by its transport: over HTTP the exchange, over WebSocket the caller that it opened as. */
export type Transport = HttpExchange | { caller: Caller }

/** What resolvers are given, and over HTTP the request, whose headers say which trace the operation is part of. */
export interface OperationContext extends Context {
  req?: IncomingMessage
}

/** An operation that is parsed, valid and authenticated. */
export interface Operation extends ExecutionArgs {
  contextValue: OperationContext
}
