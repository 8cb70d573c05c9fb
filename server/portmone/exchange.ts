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
  /** Sends a request over HTTP and collects its answer. */
  send: (request: Dispatcher.DispatchOptions, signal: AbortSignal) => Promise<Received>
  /** Base URL of the Portmone Service. Its path is a prefix of every path of the contract. */
  url: URL
  monitor: UpstreamMonitor
}

const tracer = trace.getTracer('portmone-gateway')

/** HTTP exchanges with Portmone, each traced and counted. */
export function createExchange({ send, url, monitor }: ExchangeOptions): Exchange {
  const prefix = url.pathname.replace(/\/$/, '')

  const requestOf = (
    { target, method, headers, body }: UpstreamRequest<unknown>,
    token: string | undefined,
  ): Dispatcher.DispatchOptions => ({
    origin: url.origin,
    path: prefix + target,
    method,
    headers: {
      accept: 'application/json',
      'content-type': body === undefined ? undefined : 'application/json',
      authorization: token === undefined ? undefined : `Bearer ${token}`,
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  })

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
      const received = await send(requestOf(request, token), signal).catch((error: unknown) => {
        throw transportFailure(request.call, error)
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
