import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ExecutionResult, type GraphQLError, getOperationAST } from 'graphql'
import { processRegularResult } from 'graphql-yoga'
import { type GraphQLServer, mostRequestBytes } from './graphql.ts'
import { type OperationParams, prepare } from './prepare.ts'

/**
 * Answers the common case of an operation over HTTP, a query or mutation that comes as JSON and is answered as JSON,
 * without Fetch's Request, Response and streams in between: they cost several times what the operation does. Whatever
 * is not that case goes to Yoga, which answers as it always does: subscriptions, faulty bodies and documents, origins
 * that CORS is about. Both ways lead through the same plugins, and the status of an answer with errors is Yoga's too.
 */
export const createJsonOperations =
  (graphql: GraphQLServer, allowedOrigins: readonly string[]) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const mediaType = answerType(request.headers.accept)
    const crossesOrigins = allowedOrigins.length > 0 && request.headers.origin !== undefined
    if (request.method !== 'POST' || mediaType === null || crossesOrigins) return graphql(request, response)
    const body = await read(request)
    if (body === null) return
    const result = await answerOf(body)
    if (result === null) return graphql(Object.assign(request, { body }), response)
    ...
  }
