import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Dispatcher } from 'undici'
import { interpret, type Received } from './answer.ts'
import { UpstreamFailure } from './failure.ts'
import type { UpstreamMonitor, UpstreamResult } from './monitor.ts'
import type { UpstreamRequest } from './requests.ts'
import { transportFailure } from './transport.ts'

/** Sends one request once. Throws an UpstreamFailure. */
export type Exchange = <T>(
  request: UpstreamRequest<T>,
  token: string | undefined,
  signal: AbortSignal,
) => Promise<T>

export interface ExchangeOptions {
  /** Sends a request over HTTP. */
  send: (request: Dispatcher.RequestOptions) => Promise<Dispatcher.ResponseData>
  /** Base URL of the Portmone Service. Its path is a prefix of every path of the contract. */
  url: URL
  maxAnswerBytes: number
  monitor: UpstreamMonitor
}

const tracer = trace.getTracer('portmone-gateway')

/** HTTP exchanges with Portmone, each traced and counted. */
export function createExchange({ send, url, maxAnswerBytes, monitor }: ExchangeOptions): Exchange {
  const prefix = url.pathname.replace(/\/$/, '')

  async function receive(
    request: UpstreamRequest<unknown>,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<Received> {
    const { statusCode, headers, body } = await send({
      origin: url.origin,
      path: prefix + request.target,
      method: request.method,
      headers: {
        accept: 'application/json',
        ...(request.body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...request.headers,
      },
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal,
    })
    return {
      status: statusCode,
      contentType: firstOf(headers['content-type']),
      retryAfter: firstOf(headers['retry-after']),
      body: await read(body, maxAnswerBytes),
    }
  }

  return async (request, token, signal) => {
    const span = tracer.startSpan(`${request.method} ${request.path}`, {
      kind: SpanKind.CLIENT,
      attributes: {
        'portmone.call': request.call,
        'http.request.method': request.method,
        'url.template': request.path,
        'server.address': url.hostname,
      },
    })
    const startedAt = performance.now()
    let result: UpstreamResult = 'ok'
    try {
      const received = await receive(request, token, signal).catch((error: unknown) => {
        throw transportFailure(request.call, error, signal)
      })
      span.setAttribute('http.response.status_code', received.status)
      return interpret(request, received)
    } catch (error) {
      result = error instanceof UpstreamFailure ? error.result : 'unavailable'
      span.setAttribute('error.type', result)
      span.setStatus({ code: SpanStatusCode.ERROR })
      throw error
    } finally {
      span.end()
      monitor.call(request.call, result, (performance.now() - startedAt) / 1000)
    }
  }
}

/** The body as text; null if it has more than `limit` bytes, in which case the connection is closed. */
async function read(body: AsyncIterable<Buffer>, limit: number): Promise<string | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limit) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size).toString('utf8')
}

const firstOf = (header: string | string[] | undefined) => (Array.isArray(header) ? header[0] : header)
