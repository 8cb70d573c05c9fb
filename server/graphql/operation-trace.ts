import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { getOperationAST } from 'graphql'
import { inSpan } from '../share-requests/tracing.ts'
import type { Operation, OperationContext } from './operation.ts'

/** Names are the caller's to choose; so much of one is enough. */
const maxNameLength = 100

/**
 * Executes an operation in a span of its own, below the caller's `traceparent` where it came over HTTP with one. For a
 * subscription it ends when the stream is there: what comes later is not the caller's doing.
 */
export function traceOperation<T>(args: Operation, execute: () => T): T {
  const operation = getOperationAST(args.document, args.operationName)
  if (operation == null) return execute()
  const type = operation.operation
  const name = operation.name?.value.slice(0, maxNameLength)
  const attributes = { 'graphql.operation.type': type, ...(name && { 'graphql.operation.name': name }) }
  return context.with(callersTrace(args.contextValue), () => inSpan(type, attributes, execute))
}

/** Of all that a caller may send along, `tracestate` and `baggage` too, only the two ids and the flag are taken. */
function callersTrace({ req }: OperationContext) {
  const traceparent = req?.headers.traceparent
  return traceparent === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent })
}
