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

/** Milliseconds for one attempt, and for a call with all its attempts and delays. */
export interface Deadlines {
  attempt: number
  call: number
}

export interface Retries {
  /** Attempts after the first. */
  attempts: number
  /** Before the first retry, about. Later delays grow; all are jittered. */
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
   * Sends a request and retries it with growing delays until the deadline, each attempt behind the circuit. With
   * `tokens` it is sent with a token, and once more with another one if that is rejected. Every call is safe to repeat:
   * a creation carries its Idempotency-Key. Throws an UpstreamFailure.
   */
  call<T>(request: UpstreamRequest<T>, tokens?: Tokens): Promise<T>
  /** Aborts calls in progress. */
  close(): void
}

export function createUpstream({ exchange, circuit, deadlines, retries }: UpstreamOptions): Upstream {
  const closing = new AbortController()
  // Aborting on return would close the connection that the answer arrived on.
  const keepConnection = { abortOnReturn: false }
  const callDeadline = timeout(deadlines.call, { strategy: TimeoutStrategy.Aggressive, ...keepConnection })
  const attemptDeadline = timeout(deadlines.attempt, {
    strategy: TimeoutStrategy.Cooperative,
    ...keepConnection,
  })
  const backoff = backoffOf(retries)

  async function attempt<T>(
    request: UpstreamRequest<T>,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<T> {
    signal.throwIfAborted() // waiting for a token may have used up the deadline
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
      // A failure of the token call, which has had its own retries.
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
  new UpstreamFailure(call, 'aborted, because the gateway is stopping', { result: 'abandoned' })

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

/** Jittered, growing delays, added to the answer's Retry-After. */
function backoffOf({ initialDelayMs, maxDelayMs }: Retries) {
  const exponential = new ExponentialBackoff({ initialDelay: initialDelayMs, maxDelay: maxDelayMs })
  return new DelegateBackoff<IRetryBackoffContext<unknown>, IBackoff<unknown>>(({ result }, previous) => {
    const next = previous ? previous.next(undefined) : exponential.next()
    const failure = 'error' in result ? result.error : undefined
    const retryAfterMs = failure instanceof UpstreamFailure ? (failure.retryAfter ?? 0) * 1000 : 0
    return { delay: retryAfterMs + next.duration, state: next }
  })
}
