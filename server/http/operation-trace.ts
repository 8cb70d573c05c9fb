import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { type ExecutionArgs, getOperationAST } from 'graphql'
import { inSpan } from '../share-requests/tracing.ts'
import type { Transport } from './transport.ts'

/** Names are the caller's to choose; so much of one is enough. */
const longestName = 100

/**
 * Executes an operation in a span of its own, below the caller's `traceparent` where it came over HTTP with one. For a
 * subscription it ends when the stream is there: what comes later is not the caller's doing.
 */
export function traceOperation<T>(args: ExecutionArgs, execute: () => T): T {
  const operation = getOperationAST(args.document, args.operationName)
  if (operation == null) return execute()
  const type = operation.operation
  const name = operation.name?.value.slice(0, longestName)
  const attributes = { 'graphql.operation.type': type, ...(name && { 'graphql.operation.name': name }) }
  return context.with(callersTrace(args.contextValue), () => inSpan(type, attributes, execute))
}

/** Of all that a caller may send along, `tracestate` and `baggage` too, only the two ids and the flag are taken. */
function callersTrace(transport: unknown) {
  const traceparent = isHttp(transport) ? transport.req.headers.traceparent : undefined
  return propagation.extract(ROOT_CONTEXT, traceparent === undefined ? {} : { traceparent })
}

const isHttp = (value: unknown): value is Exclude<Transport, { caller: unknown }> =>
  typeof value === 'object' && value !== null && 'req' in value && value.req !== undefined
