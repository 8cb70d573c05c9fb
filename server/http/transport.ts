import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller } from '../share-requests/caller.ts'

export interface HttpExchange {
  req: IncomingMessage
  res: ServerResponse
}

/** What comes with an operation, by its transport: over HTTP the exchange, over WebSocket the caller that it opened as. */
export type Transport = HttpExchange | { caller: Caller }
