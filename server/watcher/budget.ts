import type { Timers } from '../share-requests/clock.ts'
import { RateLimited } from '../share-requests/errors.ts'
import {
  type UpstreamBudget,
  type UpstreamRequestKind,
  upstreamRequestKinds,
} from '../share-requests/upstream-budget.ts'

/** A verification takes one creation, and at least one check and its facts. */
const shares: Record<UpstreamRequestKind, number> = { creation: 0.3, check: 0.5, facts: 0.2 }

const maxWaitMs = 5_000

/**
 * A token bucket for each kind of upstream request. Together they are refilled at `rate` per second and hold at most
 * one second's worth. A kind has its share to itself; what a full bucket cannot take goes to the others.
 */
export class Budget implements UpstreamBudget {
  readonly #timers: Timers
  readonly #tokens: Record<UpstreamRequestKind, number>
  #rate: number
  #refilledAt: number
  #pausedUntil = Number.NEGATIVE_INFINITY

  constructor(rate: number, timers: Timers) {
    this.#timers = timers
    this.#rate = rate
    this.#refilledAt = timers.monotonicNow()
    this.#tokens = { creation: this.#max('creation'), check: this.#max('check'), facts: this.#max('facts') }
  }

  /** Requests per second, of all kinds together. */
  set rate(rate: number) {
    this.#refill()
    this.#rate = rate
    for (const kind of upstreamRequestKinds)
      this.#tokens[kind] = Math.min(this.#tokens[kind], this.#max(kind))
  }

  /** Whole requests of this kind that may be made now. */
  available(kind: UpstreamRequestKind): number {
    this.#refill()
    return this.#pauseMs > 0 ? 0 : Math.floor(this.#tokens[kind])
  }

  take(kind: UpstreamRequestKind, count: number): void {
    this.#refill()
    this.#tokens[kind] -= count
  }

  /** Takes back what `take` took for a request that was not made. */
  refund(kind: UpstreamRequestKind, count: number): void {
    this.take(kind, -count)
  }

  async turn(kind: UpstreamRequestKind): Promise<void> {
    const waitMs = this.waitMs(kind)
    if (waitMs > maxWaitMs) throw new RateLimited(Math.ceil(waitMs / 1000))
    // Negative if it must wait, so that the next caller waits longer.
    this.take(kind, 1)
    if (waitMs > 0) await new Promise<void>((resolve) => this.#timers.set(resolve, waitMs))
  }

  /** Discards what has accumulated. */
  empty(): void {
    this.#refill()
    for (const kind of upstreamRequestKinds) this.#tokens[kind] = Math.min(0, this.#tokens[kind])
  }

  /** Lets no request through for this long: the issuer has asked for a pause. */
  pause(durationMs: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#timers.monotonicNow() + durationMs)
  }

  /** Milliseconds until a whole request of this kind is available. */
  waitMs(kind: UpstreamRequestKind): number {
    this.#refill()
    const missing = 1 - this.#tokens[kind]
    const refillMs = missing <= 0 ? 0 : Math.ceil((missing / (this.#rate * shares[kind])) * 1000)
    return Math.max(refillMs, this.#pauseMs)
  }

  get #pauseMs() {
    return this.#pausedUntil - this.#timers.monotonicNow()
  }

  #max(kind: UpstreamRequestKind) {
    return Math.max(1, this.#rate * shares[kind])
  }

  #refill() {
    const now = this.#timers.monotonicNow()
    const refill = ((now - this.#refilledAt) / 1000) * this.#rate
    this.#refilledAt = now
    let surplus = 0
    for (const kind of upstreamRequestKinds) surplus += this.#add(kind, refill * shares[kind])
    for (const kind of upstreamRequestKinds) surplus = this.#add(kind, surplus)
  }

  /** @returns what the bucket cannot take. */
  #add(kind: UpstreamRequestKind, count: number): number {
    const tokens = this.#tokens[kind] + count
    this.#tokens[kind] = Math.min(tokens, this.#max(kind))
    return tokens - this.#tokens[kind]
  }
}
