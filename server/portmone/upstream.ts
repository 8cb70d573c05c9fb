import {
  DelegateBackoff,
  ExponentialBackoff,
  handleType,
  type IBackoff,
  type IRetryBackoffContext,
  isTaskCancelledError,
  retry,
  TimeoutStrategy,
  timeout,
} from 'cockatiel'
import type { Circuit } from './circuit.ts'
import type { Exchange } from './exchange.ts'
import { UpstreamFailure } from './failure.ts'
import type { UpstreamRequest } from './requests.ts'
import type { Tokens } from './tokens.ts'
import { stopping } from './transport.ts'

/** Milliseconds: for an attempt, and for a call with all its attempts and pauses. */
export interface Deadlines {
  attempt: number
  call: number
}

/** `pause` and `longestPause` count milliseconds. */
export interface Retries {
  /** Attempts after the first. */
  attempts: number
  /** About the first pause; each next one is longer, and all are jittered. */
  initialDelayMs: number
  maxDelayMs: number
}

export interface UpstreamOptions {
  exchange: Exchange
  circuit: Circuit
  deadlines: Deadlines
  retries: Retries
}

export interface Upstream {
  /**
   * Sends a request until it is answered: attempts with growing pauses, each behind the circuit, all before the
   * deadline. With `tokens` it is sent with a token, and once more with another if that is refused. Every call is safe
   * to repeat: the creation carries its Idempotency-Key. Throws an UpstreamFailure.
   */
  call<T>(request: UpstreamRequest<T>, tokens?: Tokens): Promise<T>
  /** Gives up what is under way. */
  close(): void
}

export function createUpstream({ exchange, circuit, deadlines, retries }: UpstreamOptions): Upstream {
  const closing = new AbortController()
  // An abort on return would cut the connection that the answer came by.
  const kept = { abortOnReturn: false }
  const callDeadline = timeout(deadlines.call, { strategy: TimeoutStrategy.Aggressive, ...kept })
  const attemptDeadline = timeout(deadlines.attempt, { strategy: TimeoutStrategy.Cooperative, ...kept })
  const backoff = backoffOf(retries)

  async function attempt<T>(
    request: UpstreamRequest<T>,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<T> {
    signal.throwIfAborted() // the wait for a token may have outlasted the call
    return circuit.execute(request.call, () =>
      attemptDeadline.execute((context) => exchange(request, token, context.signal), signal),
    )
  }

  async function call<T>(request: UpstreamRequest<T>, tokens?: Tokens): Promise<T> {
    if (closing.signal.aborted) throw stopped(request)
    const endsAt = performance.now() + deadlines.call
    let lastFailure: UpstreamFailure | undefined
    let renewed = false

    const again = handleType(UpstreamFailure, (failure) => {
      // Another call's failure is the token's, which has had its own attempts.
      if (failure.call !== request.call || !failure.retryable) return false
      lastFailure = failure
      return performance.now() + (failure.retryAfter ?? 0) * 1000 < endsAt
    })

    async function authorised(signal: AbortSignal): Promise<T> {
      if (!tokens) return attempt(request, undefined, signal)
      const token = await tokens.get()
      try {
        return await attempt(request, token, signal)
      } catch (error) {
        if (renewed || !(error instanceof UpstreamFailure) || error.result !== 'unauthorized') throw error
        renewed = true
        return attempt(request, await tokens.getOther(token), signal)
      }
    }

    try {
      return await callDeadline.execute(
        ({ signal }) =>
          retry(again, { maxAttempts: retries.attempts, backoff })
            .dangerouslyUnref()
            .execute(() => authorised(signal), signal),
        closing.signal,
      )
    } catch (error) {
      if (!isTaskCancelledError(error)) throw error
      if (closing.signal.aborted) throw stopped(request)
      throw lateFailure(request, deadlines.call, lastFailure)
    }
  }

  return { call, close: () => closing.abort(stopping) }
}

const stopped = ({ call }: UpstreamRequest<unknown>) =>
  new UpstreamFailure(call, 'given up, since the gateway stops', { result: 'abandoned' })

function lateFailure(
  { call }: UpstreamRequest<unknown>,
  deadline: number,
  last: UpstreamFailure | undefined,
): UpstreamFailure {
  const before = last ? `; before that: ${last.what}` : ''
  return new UpstreamFailure(call, `no answer within ${deadline} ms${before}`, {
    retryAfter: last?.retryAfter,
  })
}

/** Jittered, growing pauses, after what the answer's Retry-After asks for. */
function backoffOf({ initialDelayMs, maxDelayMs }: Retries) {
  const growing = new ExponentialBackoff({ initialDelay: initialDelayMs, maxDelay: maxDelayMs })
  return new DelegateBackoff<IRetryBackoffContext<unknown>, IBackoff<unknown>>(({ result }, previous) => {
    const next = previous ? previous.next(undefined) : growing.next()
    const failure = 'error' in result ? result.error : undefined
    const asked = failure instanceof UpstreamFailure ? (failure.retryAfter ?? 0) * 1000 : 0
    return { delay: asked + next.duration, state: next }
  })
}
