import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ExecutionResult } from 'graphql'
import { isAsyncIterable } from 'graphql-yoga'
import { requestError } from '../graphql/errors.ts'
import type { Execution, MaskError } from '../graphql/execution.ts'
import { formattedResult } from '../graphql/formatted-result.ts'
import type { HttpExchange, Operation } from '../graphql/operation.ts'
import type { AddressCap } from './connection-limits.ts'
import type { Sessions } from './sessions.ts'

const pingIntervalMs = 12_000
const ping = ':\n\n'

interface EventStreamsDeps {
  cap: AddressCap
  sessions: Pick<Sessions, 'add'>
  addressOf: (request: IncomingMessage) => string
  execution: Pick<Execution, 'subscribe'>
  mask: MaskError
}

/**
 * Subscriptions by the GraphQL over SSE protocol, in its distinct connections mode. Yoga's implementation would keep the
 * request, its body and the document while the stream is open.
 */
export class EventStreams {
  readonly #deps: EventStreamsDeps
  readonly #open = new Set<ServerResponse>()
  #timer: NodeJS.Timeout | undefined

  constructor(deps: EventStreamsDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#timer = setInterval(() => {
      for (const response of this.#open) if (response.headersSent) response.write(ping)
    }, pingIntervalMs).unref()
  }

  /** Cuts off all streams, so that clients reconnect elsewhere: they would not reopen a completed one. */
  stop(): void {
    clearInterval(this.#timer)
    for (const response of this.#open) response.destroy()
  }

  /** Begins to stream the results of `operation`. @returns the single result if there is no stream. */
  async serve({ req, res }: HttpExchange, operation: Operation): Promise<ExecutionResult | null> {
    if (res.closed) return null
    if (!this.#enter(req, res)) return { errors: [tooManyStreams] }
    const { caller } = operation.contextValue
    if (caller.kind === 'PARTNER')
      res.once(
        'close',
        this.#deps.sessions.add(caller.keyId, () => res.destroy()),
      )
    const results = await this.#deps.execution.subscribe(operation)
    if (!isAsyncIterable(results)) return results
    if (res.closed) {
      await results.return?.()
      return null
    }
    forgetHeaders(req)
    // Not awaited: a waiting caller would keep the operation in memory.
    void this.#send(res, results)
    return null
  }

  #enter(request: IncomingMessage, response: ServerResponse): boolean {
    const { cap, addressOf } = this.#deps
    const address = addressOf(request)
    if (!cap.enter(address)) return false
    this.#open.add(response)
    response.once('close', () => {
      this.#open.delete(response)
      cap.leave(address)
    })
    return true
  }

  async #send(response: ServerResponse, results: AsyncIterableIterator<ExecutionResult>): Promise<void> {
    response.once('close', () => void results.return?.())
    response.writeHead(200, eventStreamHeaders)
    // Some browsers do not expose a response before its first bytes.
    response.write(ping)
    try {
      for await (const result of results) {
        const goesOn = response.write(nextEvent(JSON.stringify(formattedResult(result))))
        if (!goesOn) await drained(response)
      }
    } catch (error) {
      response.write(nextEvent(JSON.stringify(formattedResult({ errors: [this.#deps.mask(error)] }))))
    }
    response.end(completeEvent)
  }
}

export const eventStreamHeaders = {
  'content-type': 'text/event-stream',
  // Proxies that compress would hold events back.
  'content-encoding': 'none',
}

export const nextEvent = (result: string) => `event: next\ndata: ${result}\n\n`
export const completeEvent = 'event: complete\ndata:\n\n'

const drained = (response: ServerResponse) =>
  new Promise<void>((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })

/** Up to 16 KB, which Node would keep until the response ends. */
function forgetHeaders(request: IncomingMessage): void {
  request.headers = {}
  request.rawHeaders = []
  request.url = ''
}

const tooManyStreams = requestError(
  'RATE_LIMITED',
  'Too many event streams and sockets are open from this address.',
  { headers: { 'retry-after': '60' } },
)
