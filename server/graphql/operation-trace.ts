import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { getOperationAST } from 'graphql'
import { inSpan } from '../share-requests/tracing.ts'
import type { Operation, OperationContext } from './operation.ts'

/** Callers choose the names, so spans contain only the beginning of a long one. */
const maxNameLength = 100

/**
 * Executes an operation in its own span, a child of the caller's `traceparent` if an HTTP request has one. The span of a
 * subscription ends when its stream has started: later events are not the caller's doing.
 */
export function traceOperation<T>(args: Operation, execute: () => T): T {
  const operation = getOperationAST(args.document, args.operationName)
  if (operation == null) return execute()
  const type = operation.operation
  const name = operation.name?.value.slice(0, maxNameLength)
  const attributes = { 'graphql.operation.type': type, ...(name && { 'graphql.operation.name': name }) }
  return context.with(callersTrace(args.contextValue), () => inSpan(type, attributes, execute))
}

/** Takes only the two ids and the flag from the caller, not `tracestate` or `baggage`. */
function callersTrace({ req }: OperationContext) {
  const traceparent = req?.headers.traceparent
  return traceparent === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent })
}
