import type { IncomingMessage } from 'node:http'
import { GraphQLError } from 'graphql'
import { createLRUCache, createYoga, type Plugin } from 'graphql-yoga'
import type { Context } from '../schema/context.ts'
import { schema } from '../schema/index.ts'
import type { Caller } from '../share-requests/caller.ts'
import { Refusal } from '../share-requests/errors.ts'
import type { ShareRequests } from '../share-requests/share-requests.ts'
import { executionPlugin, type MaskError } from './execution.ts'
import type { PersistedOperations } from './persisted-operations.ts'
import type { OperationPlugin, Transport } from './transport.ts'

export interface GraphQLParts {
  shareRequests: ShareRequests
  /** Who sent this HTTP request. Throws a Refusal. */
  callerOf: (request: IncomingMessage) => Promise<Caller>
  /** What a caller sees of an error. */
  mask: MaskError
  allowedOrigins: string[]
  persisted: PersistedOperations
  plugins: OperationPlugin[]
}

/** Bytes of one request's body: the longest operation that makes sense, several times over. */
export const mostRequestBytes = 100_000

/** Documents kept parsed: strangers choose what they are, and each may be as large as a request. */
export const mostDocumentsKept = 100

/** GraphQL over HTTP and SSE, and, through `getEnveloped`, the same execution for WebSocket. POST only. */
export function createGraphQL(parts: GraphQLParts) {
  const { shareRequests, callerOf, mask, allowedOrigins, persisted, plugins } = parts
  return createYoga<Transport, Context>({
    schema,
    context: async (transport) => ({
      caller: 'caller' in transport ? transport.caller : await authenticated(transport.req),
      shareRequests,
    }),
    maskedErrors: { maskError: mask },
    cors: allowedOrigins.length > 0 && {
      origin: allowedOrigins,
      methods: ['POST'],
      credentials: false,
      allowedHeaders: ['authorization', 'content-type', 'x-request-id'],
      // The page counts down by the time that `Date` tells.
      exposedHeaders: ['x-request-id', 'date'],
    },
    maxRequestBodySize: mostRequestBytes,
    parserAndValidationCache: {
      documentCache: createLRUCache({ max: mostDocumentsKept }),
      errorCache: createLRUCache({ max: mostDocumentsKept }),
    },
    // Pages are served elsewhere; nothing here is in the way of an operation.
    graphiql: false,
    landingPage: false,
    multipart: false,
    logging: false,
    plugins: [persisted.httpPlugin, streamedErrors, syntaxErrors, ...plugins, executionPlugin(mask)],
  })

  /** A key that is no good fails the whole request, as HTTP says it: 401. */
  async function authenticated(request: IncomingMessage): Promise<Caller> {
    try {
      return await callerOf(request)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      throw new GraphQLError(error.message, { extensions: { code: error.code, http: { status: 401 } } })
    }
  }
}

/**
 * By the GraphQL over SSE protocol, a fault of the document is an event of the stream like any other result: under
 * status 400 its clients would not read it.
 */
const streamedErrors: Plugin = {
  onResponse({ response, setResponse, fetchAPI }) {
    if (response.status !== 400 || response.headers.get('content-type') !== 'text/event-stream') return
    setResponse(new fetchAPI.Response(response.body, { status: 200, headers: response.headers }))
  },
}

/** A document that can not be parsed is a fault of the request: 400, where the answer's media type lets HTTP say so. */
const syntaxErrors: OperationPlugin = {
  onParse:
    () =>
    ({ result }) => {
      if (!(result instanceof GraphQLError)) return
      result.extensions.code ??= 'GRAPHQL_PARSE_FAILED'
      result.extensions.http ??= { spec: true, status: 400 }
    },
}

export type GraphQLServer = ReturnType<typeof createGraphQL>
