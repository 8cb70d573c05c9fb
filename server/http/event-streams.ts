import type { IncomingMessage, ServerResponse } from 'node:http'
import { GraphQLError } from 'graphql'
import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import { requestError } from '../graphql/errors.ts'
import type { HttpExchange } from '../graphql/operation.ts'
import type { Context } from '../schema/context.ts'
import type { AddressCap } from './connection-limits.ts'
import type { Sessions } from './sessions.ts'

/** Milliseconds between two looks for readers that do not read. */
const checkIntervalMs = 1_000

interface EventStreamsDeps {
  cap: AddressCap
  sessions: Pick<Sessions, 'add'>
  addressOf: (request: IncomingMessage) => string
  /** What may wait for a reader before the stream is cut off. */
  maxUnsentBytes: number
}

/** The subscriptions over SSE that are open: none of a dead key, none that nobody reads, not too many of one address. */
export class EventStreams {
  readonly #deps: EventStreamsDeps
  readonly #open = new Set<ServerResponse>()
  #timer: NodeJS.Timeout | undefined

  constructor(deps: EventStreamsDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#timer = setInterval(() => this.#cutOffSlow(), checkIntervalMs).unref()
  }

  /** Cuts off all, so that their clients connect elsewhere: a stream that is completed would not be asked for again. */
  stop(): void {
    clearInterval(this.#timer)
    for (const response of this.#open) response.destroy()
  }

  /** Counts `response` as a stream until it closes. @returns false where its address has too many. */
  open(request: IncomingMessage, response: ServerResponse): boolean {
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

  readonly plugin: Plugin<Context & HttpExchange> = {
    onSubscribe: ({ args: { contextValue }, setResultAndStopExecution }) => {
      const { req, res, caller } = contextValue
      if (res.closed) return setResultAndStopExecution({ errors: [clientGone] })
      if (!this.open(req, res)) return setResultAndStopExecution({ errors: [tooManyStreams] })
      if (caller.kind === 'PARTNER')
        res.once(
          'close',
          this.#deps.sessions.add(caller.keyId, () => res.destroy()),
        )
      return {
        // Yoga forgets it where the client is gone by now, or takes no event stream.
        onSubscribeResult: ({ result }) => {
          if (!isAsyncIterable(result)) return
          if (res.closed) void result.return?.()
          else res.once('close', () => void result.return?.())
        },
      }
    },
  }

  #cutOffSlow(): void {
    for (const response of this.#open)
      if (response.writableLength > this.#deps.maxUnsentBytes) response.destroy()
  }
}

const clientGone = new GraphQLError('The client is gone.')
const tooManyStreams = requestError(
  'RATE_LIMITED',
  'Too many event streams and sockets are open from this address.',
  { headers: { 'retry-after': '60' } },
)
