import { setTimeout as sleep } from 'node:timers/promises'
import { ExponentialBackoff, type IBackoffFactory } from 'cockatiel'
import type { Circuit } from './circuit.ts'
import type { Exchange } from './exchange.ts'
import { UpstreamFailure } from './failure.ts'
import type { UpstreamRequest } from './requests.ts'
import type { Tokens } from './tokens.ts'
import { stopping, timedOut } from './transport.ts'

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
  /** For a call with all its attempts and delays. */
  deadlineMs: number
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

export function createUpstream({ exchange, circuit, deadlineMs, retries }: UpstreamOptions): Upstream {
  const backoff = new ExponentialBackoff({
    initialDelay: retries.initialDelayMs,
    maxDelay: retries.maxDelayMs,
  })
  /** Each cancels one call in progress. */
  const inProgress = new Set<(reason: Error) => void>()
  let closed = false

  async function attempt<T>(
    request: UpstreamRequest<T>,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<T> {
    signal.throwIfAborted() // waiting for a token may have used up the deadline
    return circuit.execute(request.call, () => exchange(request, token, signal))
  }

  async function call<T>(request: UpstreamRequest<T>, tokens?: Tokens): Promise<T> {
    if (closed) throw stopped(request)
    const endsAt = performance.now() + deadlineMs
    const aborter = new AbortController()
    const { signal } = aborter
    let lastFailure: UpstreamFailure | undefined
    let renewed = false

    async function authorised(): Promise<T> {
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

    async function withRetries(): Promise<T> {
      let delays: IBackoffFactory<undefined> = backoff
      for (let retry = 0; ; retry++)
        try {
          return await authorised()
        } catch (error) {
          // A failure of the token call has had its own retries.
          if (!(error instanceof UpstreamFailure) || error.call !== request.call || !error.retryable)
            throw error
          const retryAfterMs = (error.retryAfter ?? 0) * 1000
          if (retry === retries.attempts || performance.now() + retryAfterMs >= endsAt) throw error
          lastFailure = error
          const delay = delays.next(undefined)
          delays = delay
          await sleep(retryAfterMs + delay.duration, undefined, { ref: false, signal })
        }
    }

    const cancelled = Promise.withResolvers<never>()
    function cancel(reason: Error) {
      cancelled.reject(reason === stopping ? stopped(request) : lateFailure(request, deadlineMs, lastFailure))
      aborter.abort(reason)
    }
    const timer = setTimeout(cancel, deadlineMs, timedOut)
    inProgress.add(cancel)
    try {
      return await Promise.race([withRetries(), cancelled.promise])
    } finally {
      clearTimeout(timer)
      inProgress.delete(cancel)
    }
  }

  return {
    call,
    close() {
      closed = true
      for (const cancel of inProgress) cancel(stopping)
    },
  }
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
