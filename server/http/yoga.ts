import { type ExecutionResult, GraphQLError } from 'graphql'
import { createYoga, type GraphQLParams, isAsyncIterable, type Plugin } from 'graphql-yoga'
import { type Documents, documentsPlugin } from '../graphql/documents.ts'
import { fieldError, requestError } from '../graphql/errors.ts'
import { type Execution, executionPlugin, type MaskError } from '../graphql/execution.ts'
import type { HttpExchange, OperationParams } from '../graphql/operation.ts'
import type { ContextOf } from '../graphql/operation-context.ts'
import type { PersistedOperations } from '../graphql/persisted-operations.ts'
import { maxRequestBytes, nestingError } from '../graphql/request-limits.ts'
import type { Context } from '../schema/context.ts'
import { schema } from '../schema/index.ts'
import { exposedHeaders } from './origins.ts'

export interface GraphQLDeps {
  documents: Documents
  contextOf: ContextOf
  execution: Execution
  /** The error as its caller sees it. */
  mask: MaskError
  allowedOrigins: string[]
  persisted: PersistedOperations
  /** Called with the errors of each result, with some of them more than once. */
  onErrors: (errors: readonly GraphQLError[]) => void
}

/** GraphQL over HTTP, and queries and mutations over SSE, as far as their specifications go. POST only. */
export function createGraphQL(deps: GraphQLDeps) {
  const { documents, contextOf, execution, mask, allowedOrigins, persisted, onErrors } = deps
  return createYoga<HttpExchange, Context>({
    schema,
    context: contextOf,
    maskedErrors: { maskError: mask },
    cors: allowedOrigins.length > 0 && {
      origin: allowedOrigins,
      methods: ['POST'],
      credentials: false,
      allowedHeaders: ['authorization', 'content-type', 'x-request-id'],
      exposedHeaders,
    },
    maxRequestBodySize: maxRequestBytes,
    parserAndValidationCache: false,
    // Pages are served elsewhere, so Yoga's are off.
    graphiql: false,
    landingPage: false,
    multipart: false,
    logging: false,
    plugins: [
      nestingLimit,
      jsonErrors,
      persisted.httpPlugin,
      streamedErrors,
      explainedAccept,
      documentsPlugin(documents),
      executionPlugin(execution),
      reportErrors(onErrors),
    ],
  })
}

const nestingLimit: Plugin = {
  onParams({ params }) {
    const error = nestingError(params)
    if (error !== null) throw error
  },
}

/** Yoga's own error has V8's message, which quotes the body. */
const jsonErrors: Plugin = {
  onRequestParse({ requestParser, setRequestParser }) {
    if (requestParser === undefined) return
    setRequestParser(async (request) => {
      try {
        return await requestParser(request)
      } catch (error) {
        const isSyntaxError = error instanceof GraphQLError && 'originalError' in error.extensions
        throw isSyntaxError ? requestError('BAD_REQUEST', 'The body is not valid JSON.') : error
      }
    })
  },
}

/**
 * By the GraphQL over SSE protocol, an invalid document is reported by an event of the stream, because clients do
 * not read one with status 400.
 */
const streamedErrors: Plugin = {
  onResponse({ response, setResponse, fetchAPI }) {
    if (response.status !== 400 || response.headers.get('content-type') !== 'text/event-stream') return
    setResponse(new fetchAPI.Response(response.body, { status: 200, headers: response.headers }))
  },
}

/** Yoga refuses an `Accept` without saying what it serves. */
const explainedAccept: Plugin = {
  onResponse({ response, setResponse, fetchAPI }) {
    if (response.status !== 406 || response.headers.has('content-type')) return
    const error = fieldError(
      'NOT_ACCEPTABLE',
      'Accept application/json, or text/event-stream for a subscription.',
    )
    const headers = { 'content-type': 'application/json; charset=utf-8' }
    setResponse(new fetchAPI.Response(JSON.stringify({ errors: [error] }), { status: 406, headers }))
  },
}

const reportErrors = (onErrors: GraphQLDeps['onErrors']): Plugin => ({
  onResultProcess({ result }) {
    if (Array.isArray(result) || isAsyncIterable(result) || result?.errors === undefined) return
    onErrors(result.errors as GraphQLError[])
  },
})

export type YogaServer = ReturnType<typeof createGraphQL>

/**
 * Makes the function that runs an operation by Yoga and its plugins, but without Yoga's handling of HTTP, which costs more
 * than most operations. It rejects with errors that are not masked.
 */
export function createYogaRunner(yoga: YogaServer) {
  // One for all: after the HTTP handling, the plugins read only its method.
  const request = new yoga.fetchAPI.Request('http://localhost/graphql', { method: 'POST' })
  return async (exchange: HttpExchange, params: OperationParams): Promise<ExecutionResult> => {
    const result = await yoga.getResultForParams({ params: params as GraphQLParams, request }, exchange)
    if (result === undefined || isAsyncIterable(result)) throw new Error('Yoga has no single result.')
    return result
  }
}
