import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { type ExecutionResult, GraphQLError, getOperationAST, type OperationTypeNode } from 'graphql'
import { processRegularResult } from 'graphql-yoga'
import type { Documents } from '../graphql/documents.ts'
import { asRequestError, requestError } from '../graphql/errors.ts'
import type { MaskError } from '../graphql/execution.ts'
import type { HttpExchange, OperationParams } from '../graphql/operation.ts'
import type { ContextOf } from '../graphql/operation-context.ts'
import { isOperationParams } from '../graphql/operation-params.ts'
import type { PersistedOperations } from '../graphql/persisted-operations.ts'
import { isErrors, type Prepare } from '../graphql/prepare.ts'
import { maxRequestBytes } from '../graphql/request-limits.ts'
import { completeEvent, type EventStreams, eventStreamHeaders, nextEvent } from './event-streams.ts'
import { allowOrigin } from './origins.ts'
import type { PersistedFastPath } from './persisted-fast-path.ts'
import { readBody } from './request-body.ts'
import { runByYoga, type YogaServer } from './yoga.ts'

interface GraphQLRequestsDeps {
  yoga: YogaServer
  fastPath: PersistedFastPath
  streams: Pick<EventStreams, 'serve'>
  documents: Pick<Documents, 'parse'>
  persisted: Pick<PersistedOperations, 'textOf' | 'refuseUnknown'>
  contextOf: ContextOf
  prepare: Prepare
  mask: MaskError
  allowedOrigins: readonly string[]
  /** Called with the errors of each result, with some of them more than once. */
  onErrors: (errors: readonly GraphQLError[]) => void
}

/**
 * Reads each GraphQL request within its limits and decides who answers: the fast path for operations sent by a known hash,
 * the event streams for subscriptions, which keep less than Yoga's, and Yoga for everything else.
 */
export function createGraphQLRequests(deps: GraphQLRequestsDeps) {
  const {
    yoga,
    fastPath,
    streams,
    documents,
    persisted,
    contextOf,
    prepare,
    mask,
    onErrors,
    allowedOrigins,
  } = deps
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'POST') return yoga(request, response)
    allowOrigin(allowedOrigins, request, response)
    const declared = Number(request.headers['content-length'] ?? 0)
    const body = declared > maxRequestBytes ? 'too large' : await readBody(request, maxRequestBytes)
    if (body === null) return
    if (body === 'too large') {
      response.setHeader('connection', 'close')
      return answer(response, { errors: [tooLarge] }, 'application/json')
    }

    const exchange = { req: request, res: response }
    const params = paramsOf(body)
    // Yoga finds a parsed body where the body parsers of Node's frameworks put it.
    const answerByYoga = () =>
      yoga(Object.assign(request, { body: params ?? Readable.from([body]) }), response)
    if (params === null) return answerByYoga()

    const { accept } = request.headers
    const jsonType = jsonTypeIn(accept)
    const acceptsStream = acceptsEventStream(accept)
    const send = (result: ExecutionResult) =>
      jsonType === null ? answerAsEvent(response, result) : answer(response, result, jsonType)
    if (jsonType === null && !acceptsStream) return answerByYoga()
    const refusal = await refusalOf(exchange, params)
    if (refusal !== null) return send(refusal)

    // Only Yoga has the rules of CORS, and only Yoga weighs JSON against other media types.
    const isSameOrigin = allowedOrigins.length === 0 || request.headers.origin === undefined
    const prefersJson = isSameOrigin && jsonTypeIn(accept?.split(',', 1)[0]) !== null
    const isFast = isSameOrigin && jsonType !== null && fastPath.takes(params)
    const type = isFast || acceptsStream ? operationTypeOf(params) : undefined
    if (type === 'subscription' && acceptsStream) {
      const result = await serveStream(exchange, params, body.length)
      if (result !== null) await send(result)
    } else if (isFast && type !== undefined && type !== 'subscription')
      await send(await fastPath.run(exchange, params, body.length))
    else if (prefersJson) await send(await masked(() => runByYoga(yoga, exchange, params)))
    else await answerByYoga()
  }

  /** The error if a restricted gateway may not run `params` for this caller. Checked before a stranger's text is parsed. */
  async function refusalOf(exchange: HttpExchange, params: OperationParams): Promise<ExecutionResult | null> {
    if (persisted.refuseUnknown === null || !params.query) return null
    const { refuseUnknown } = persisted
    return masked(async () => {
      const { caller } = await contextOf(exchange)
      const error = refuseUnknown(caller, params)
      return error && { errors: [error] }
    })
  }

  async function masked<Result>(run: () => Promise<Result>): Promise<Result | ExecutionResult> {
    try {
      return await run()
    } catch (error) {
      return { errors: [asRequestError(mask(error), 'INTERNAL_SERVER_ERROR')] }
    }
  }

  /** Undefined if it is ambiguous: Yoga then answers with the error. */
  function operationTypeOf(params: OperationParams): OperationTypeNode | undefined {
    const text = persisted.textOf(params)
    if (text instanceof GraphQLError) return undefined
    try {
      return getOperationAST(documents.parse(text), params.operationName)?.operation
    } catch {
      return undefined
    }
  }

  /** @returns null once a stream of results has begun. */
  async function serveStream(
    exchange: HttpExchange,
    params: OperationParams,
    bytes: number,
  ): Promise<ExecutionResult | null> {
    return masked(async () => {
      const prepared = await prepare(exchange, params, bytes)
      return isErrors(prepared) ? { errors: prepared } : streams.serve(exchange, prepared)
    })
  }

  async function answer(response: ServerResponse, result: ExecutionResult, type: JsonType): Promise<void> {
    if (result.errors === undefined) {
      const body = JSON.stringify(result)
      const contentLength = Buffer.byteLength(body)
      const headers = { 'content-type': `${type}; charset=utf-8`, 'content-length': contentLength }
      response.writeHead(200, headers).end(body)
      return
    }
    onErrors(result.errors)
    // Yoga derives the status from the errors.
    const answered = processRegularResult(result, yoga.fetchAPI, type)
    response.setHeaders(answered.headers)
    response.writeHead(answered.status).end(await answered.text())
  }

  /** An event stream with only `result`. Its clients do not read a response with status 400. */
  async function answerAsEvent(response: ServerResponse, result: ExecutionResult): Promise<void> {
    onErrors(result.errors ?? [])
    const answered = processRegularResult(result, yoga.fetchAPI, 'application/json')
    const headers = { ...Object.fromEntries(answered.headers), ...eventStreamHeaders }
    const events = nextEvent(await answered.text()) + completeEvent
    response.writeHead(answered.status === 400 ? 200 : answered.status, {
      ...headers,
      'content-length': Buffer.byteLength(events),
    })
    response.end(events)
  }
}

const tooLarge = requestError(
  'REQUEST_ENTITY_TOO_LARGE',
  `The request must have at most ${maxRequestBytes} bytes.`,
)

type JsonType = 'application/json' | 'application/graphql-response+json'

/** The type of JSON to answer with; null if `accept` has none, or one that only Yoga knows. */
function jsonTypeIn(accept = '*/*'): JsonType | null {
  if (accept.includes('charset')) return null
  for (const range of accept.toLowerCase().split(',')) {
    const type = range.split(';', 1)[0]?.trim()
    if (type === 'application/graphql-response+json') return type
    if (type === 'application/json' || type === 'application/*' || type === '*/*') return 'application/json'
  }
  return null
}

/** The operation in a body; null if it is not exactly as GraphQL over HTTP specifies. */
function paramsOf(body: Buffer): OperationParams | null {
  try {
    const params: unknown = JSON.parse(body.toString())
    return isOperationParams(params) ? params : null
  } catch {
    return null
  }
}

function acceptsEventStream(accept = '*/*'): boolean {
  return accept
    .toLowerCase()
    .split(',')
    .some((range) => ['text/event-stream', 'text/*', '*/*'].includes(range.split(';', 1)[0]?.trim() ?? ''))
}
