import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { type ExecutionResult, GraphQLError, getOperationAST } from 'graphql'
import { processRegularResult } from 'graphql-yoga'
import type { Documents } from '../graphql/documents.ts'
import { asRequestError, requestError } from '../graphql/errors.ts'
import { type Execution, type MaskError, notAcceptable } from '../graphql/execution.ts'
import type { HttpExchange, OperationParams } from '../graphql/operation.ts'
import { hashIn, type PersistedOperations } from '../graphql/persisted-operations.ts'
import { isErrors, type Prepare } from '../graphql/prepare.ts'
import { maxRequestBytes } from '../graphql/request-limits.ts'
import { completeEvent, type EventStreams, eventStreamHeaders, nextEvent } from './event-streams.ts'
import { allowOrigin } from './origins.ts'
import { readBody } from './request-body.ts'
import type { YogaServer } from './yoga.ts'

interface JsonOperationsDeps {
  graphql: YogaServer
  documents: Pick<Documents, 'parse'>
  persisted: Pick<PersistedOperations, 'textOf'>
  prepare: Prepare
  execution: Execution
  streams: Pick<EventStreams, 'serve'>
  mask: MaskError
  allowedOrigins: readonly string[]
  /** Called with the errors of each result, some of which it may have been called with before. */
  onErrors: (errors: readonly GraphQLError[]) => void
}

/**
 * Answers the common cases of an operation over HTTP without Fetch's Request, Response and streams in between, which
 * cost several times what the operation does: a query or mutation that comes as JSON and is answered as JSON, and a
 * subscription that is answered as an event stream. All else goes to Yoga: invalid bodies, queries as event streams,
 * and those of other origins' pages. Both ways lead to the same execution; only what Yoga has for HTTP alone is not
 * asked here.
 */
export function createJsonOperations(deps: JsonOperationsDeps) {
  const { graphql, documents, persisted, prepare, execution, streams, mask, allowedOrigins, onErrors } = deps
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'POST') return graphql(request, response)
    allowOrigin(allowedOrigins, request, response)
    const declared = Number(request.headers['content-length'] ?? 0)
    const body = declared > maxRequestBytes ? 'too large' : await readBody(request, maxRequestBytes)
    if (body === null) return
    if (body === 'too large') {
      onErrors([tooLarge])
      response.setHeader('connection', 'close')
      return answer(response, { errors: [tooLarge] }, 'application/json')
    }

    const { accept } = request.headers
    const mediaType = mediaTypeOf(accept)
    const crossesOrigins = allowedOrigins.length > 0 && request.headers.origin !== undefined
    const params = paramsOf(body)
    const isStream = params !== null && acceptsEventStream(accept) && isSubscription(params)
    // In the way in which body parsers of Node's frameworks hand over a body that they have read.
    if (params === null || (!isStream && (mediaType === null || crossesOrigins)))
      return graphql(Object.assign(request, { body: Readable.from([body]) }), response)
    const result = await run({ req: request, res: response }, params, body.length, isStream)
    if (result === null) return
    if (result.errors !== undefined) onErrors(result.errors)
    if (mediaType === null) await answerAsEvent(response, result)
    else await answer(response, result, mediaType)
  }

  /** @returns null where there is a stream of results, which has begun. */
  async function run(
    exchange: HttpExchange,
    params: OperationParams,
    bytes: number,
    isStream: boolean,
  ): Promise<ExecutionResult | null> {
    try {
      const prepared = await prepare(exchange, params, bytes)
      if (isErrors(prepared)) return { errors: prepared }
      if (isStream) return await streams.serve(exchange, prepared)
      const operation = getOperationAST(prepared.document, params.operationName)
      if (operation?.operation === 'subscription') return { errors: [notAcceptable] }
      return await execution.execute(prepared)
    } catch (error) {
      return { errors: [asRequestError(mask(error), 'INTERNAL_SERVER_ERROR')] }
    }
  }

  function isSubscription(params: OperationParams): boolean {
    const text = persisted.textOf(params)
    if (text instanceof GraphQLError) return false
    try {
      return getOperationAST(documents.parse(text), params.operationName)?.operation === 'subscription'
    } catch {
      return false
    }
  }

  async function answer(response: ServerResponse, result: ExecutionResult, mediaType: string): Promise<void> {
    if (result.errors === undefined) {
      const body = JSON.stringify(result)
      const contentLength = Buffer.byteLength(body)
      const headers = { 'content-type': `${mediaType}; charset=utf-8`, 'content-length': contentLength }
      response.writeHead(200, headers).end(body)
      return
    }
    // What status an error makes is Yoga's to say.
    const answered = processRegularResult(result, graphql.fetchAPI, mediaType)
    response.setHeaders(answered.headers)
    response.writeHead(answered.status).end(await answered.text())
  }

  /** Of an event stream that has nothing but `result`. Its clients do not read one of status 400. */
  async function answerAsEvent(response: ServerResponse, result: ExecutionResult): Promise<void> {
    const answered = processRegularResult(result, graphql.fetchAPI, 'application/json')
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

function acceptsEventStream(accept = '*/*'): boolean {
  return accept
    .toLowerCase()
    .split(',')
    .some((range) => ['text/event-stream', 'text/*', '*/*'].includes(range.split(';', 1)[0]?.trim() ?? ''))
}

/** The type that the answer is to have by the request's Accept; null where that is none of JSON's. */
function mediaTypeOf(accept = '*/*'): 'application/json' | 'application/graphql-response+json' | null {
  if (accept.includes('charset')) return null
  for (const range of accept.toLowerCase().split(',')) {
    const type = range.split(';', 1)[0]?.trim()
    if (type === 'application/graphql-response+json') return type
    if (type === 'application/json' || type === 'application/*' || type === '*/*') return 'application/json'
  }
  return null
}

const expected = new Set(['query', 'operationName', 'variables', 'extensions'])

/** What `body` asks; null where it is not just as GraphQL over HTTP has it. */
function paramsOf(body: Buffer): OperationParams | null {
  let params: unknown
  try {
    params = JSON.parse(body.toString())
  } catch {
    return null
  }
  return isParams(params) ? params : null
}

function isParams(params: unknown): params is OperationParams {
  if (!isObject(params) || !Object.keys(params).every((name) => expected.has(name))) return false
  const { query, operationName, variables, extensions } = params
  return (
    (typeof query === 'string' || (query == null && hashIn(extensions) !== undefined)) &&
    (operationName == null || typeof operationName === 'string') &&
    (variables == null || isObject(variables)) &&
    (extensions == null || isObject(extensions))
  )
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
