import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Plugin } from 'graphql-yoga'
import type { Context } from '../schema/context.ts'
import type { Caller } from '../share-requests/caller.ts'

interface HttpExchange {
  req: IncomingMessage
  res: ServerResponse
}

/** What comes with an operation, by its transport: over HTTP the exchange, over WebSocket the caller that it opened as. */
export type Transport = HttpExchange | { caller: Caller }

/** A plugin for the operations of all transports. */
export type OperationPlugin = Plugin<Context & Partial<HttpExchange>>
