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

/**
 * A plugin for the operations of all transports. What it does in `onParse` and `onValidate` must follow from the
 * document alone, since one that was found valid is not asked about again; whatever depends on the caller belongs in
 * `onExecute` and `onSubscribe`. It has none of Yoga's hooks for HTTP: not every operation would pass them.
 */
export type OperationPlugin = Pick<
  Plugin<Context & Partial<HttpExchange>>,
  'onParse' | 'onValidate' | 'onExecute' | 'onSubscribe'
>
