import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { type ExecutionResult, getOperationAST } from 'graphql'
import { processRegularResult } from 'graphql-yoga'
import { asRequestError } from '../graphql/errors.ts'
import type { Execution, MaskError } from '../graphql/execution.ts'
import type { OperationParams } from '../graphql/operation.ts'
import { hashIn } from '../graphql/persisted-operations.ts'
import { isErrors, type Prepare } from '../graphql/prepare.ts'
import { maxRequestBytes, type YogaServer } from './yoga.ts'

interface JsonOperationsDeps {
  graphql: YogaServer
  prepare: Prepare
  execution: Execution
  mask: MaskError
  allowedOrigins: readonly string[]
}

/**
 * Answers the common case of an operation over HTTP, a query or mutation that comes as JSON and is answered as JSON,
 * without Fetch's Request, Response and streams in between, which cost several times what the operation does. All that
 * is not this case goes to Yoga: subscriptions, faulty bodies, browsers that CORS is about. Both ways
 * lead to the same execution; only what Yoga has for HTTP alone is not asked here.
 */
export function createJsonOperations(deps: JsonOperationsDeps) {
  const { graphql, prepare, execution, mask, allowedOrigins } = deps
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const mediaType = mediaTypeOf(request.headers.accept)
    const crossesOrigins = allowedOrigins.length > 0 && request.headers.origin !== undefined
    const length = Number(request.headers['content-length'])
    const isReadable = length > 0 && length <= maxRequestBytes
    if (request.method !== 'POST' || mediaType === null || crossesOrigins || !isReadable)
      return graphql(request, response)

    const body = await read(request)
    if (body === null) return
    const result = await execute(body, request, response)
    // In the way in which body parsers of Node's frameworks hand over a body that they have read.
    if (result === null) return graphql(Object.assign(request, { body: Readable.from([body]) }), response)
    await answer(response, result, mediaType)
  }

  /** @returns null for what Yoga is to answer. */
  async function execute(
    body: Buffer,
    req: IncomingMessage,
    res: ServerResponse,
  ): Promise<ExecutionResult | null> {
    const params = paramsOf(body)
    if (params === null) return null
    try {
      const prepared = await prepare({ req, res }, params)
      if (isErrors(prepared)) return { errors: prepared }
      const operation = getOperationAST(prepared.document, params.operationName)
      if (operation?.operation === 'subscription') return null
      return await execution.execute(prepared)
    } catch (error) {
      return { errors: [asRequestError(mask(error), 'INTERNAL_SERVER_ERROR')] }
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

/** The body of `request`, which is as long as its Content-Length says. Null where the client hung up. */
function read(request: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.once('end', () => resolve(Buffer.concat(chunks)))
    request.once('close', () => resolve(null))
  })
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
