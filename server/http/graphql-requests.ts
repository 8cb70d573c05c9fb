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
import { createYogaRunner, type YogaServer } from './yoga.ts'

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
  const runByYoga = createYogaRunner(yoga)
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

    const { jsonType, prefersJson, acceptsStream } = acceptedTypes(request.headers.accept)
    const send = (result: ExecutionResult) =>
      jsonType === null ? answerAsEvent(response, result) : answer(response, result, jsonType)
    if (jsonType === null && !acceptsStream) return answerByYoga()
    if (persisted.refuseUnknown !== null && params.query) {
      const refusal = await refusalOf(exchange, params.query, persisted.refuseUnknown)
      if (refusal !== null) return send(refusal)
    }

    // Only Yoga has the rules of CORS, and only Yoga weighs JSON against other media types.
    const isSameOrigin = allowedOrigins.length === 0 || request.headers.origin === undefined
    const isFast = isSameOrigin && jsonType !== null && fastPath.takes(params)
    const type = isFast || acceptsStream ? operationTypeOf(params) : undefined
    if (type === 'subscription' && acceptsStream) {
      const result = await serveStream(exchange, params, body.length)
      if (result !== null) await send(result)
    } else if (isFast && type !== undefined && type !== 'subscription')
      await send(await fastPath.run(exchange, params, body.length))
    else if (isSameOrigin && prefersJson) await send(await masked(() => runByYoga(exchange, params)))
    else await answerByYoga()
  }

  /** The error if this caller may not run `text`. Checked before a stranger's text is parsed. */
  function refusalOf(
    exchange: HttpExchange,
    text: string,
    refuseUnknown: NonNullable<PersistedOperations['refuseUnknown']>,
  ): Promise<ExecutionResult | null> {
    return masked(async () => {
      const { caller } = await contextOf(exchange)
      const error = refuseUnknown(caller, text)
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
      response.setHeader('content-type', `${type}; charset=utf-8`)
      response.end(JSON.stringify(result))
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

const jsonTypes: ReadonlyMap<string | undefined, JsonType> = new Map([
  ['application/graphql-response+json', 'application/graphql-response+json'],
  ['application/json', 'application/json'],
  ['application/*', 'application/json'],
  ['*/*', 'application/json'],
])
const streamTypes: ReadonlySet<string | undefined> = new Set(['text/event-stream', 'text/*', '*/*'])

/**
 * What the Accept header allows: the type of JSON to answer with, null if it has none or one that only Yoga knows;
 * whether that comes first; and whether an event stream is accepted.
 */
function acceptedTypes(accept = '*/*') {
  const types = accept
    .toLowerCase()
    .split(',')
    .map((range) => range.split(';', 1)[0]?.trim())
  const first = accept.includes('charset') ? undefined : types.find((type) => jsonTypes.has(type))
  return {
    jsonType: jsonTypes.get(first) ?? null,
    prefersJson: first !== undefined && first === types[0],
    acceptsStream: types.some((type) => streamTypes.has(type)),
  }
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
