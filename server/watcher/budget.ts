/**
 * A token bucket: the upstream requests that may be made now. It is refilled at `rate` per second and holds at most one
 * second's worth.
 */
export class Budget {
  readonly #monotonicNow: () => number
  #rate: number
  #tokens: number
  #refilledAt: number
  #pausedUntil = Number.NEGATIVE_INFINITY

  constructor(rate: number, monotonicNow: () => number) {
    this.#monotonicNow = monotonicNow
    this.#rate = rate
    this.#tokens = this.#max
    this.#refilledAt = monotonicNow()
  }

  /** Requests per second. */
  set rate(rate: number) {
    this.#refill()
    this.#rate = rate
    this.#tokens = Math.min(this.#tokens, this.#max)
  }

  /** Whole requests that may be made now. */
  get available(): number {
    this.#refill()
    return this.#pauseMs > 0 ? 0 : Math.floor(this.#tokens)
  }

  take(count: number): void {
    this.#refill()
    this.#tokens -= count
  }

  /** Takes back what `take` took for a request that was not made. */
  refund(count: number): void {
    this.take(-count)
  }

  /** Discards what has accumulated. */
  empty(): void {
    this.#refill()
    this.#tokens = Math.min(0, this.#tokens)
  }

  /** Lets no request through for this long: the service has asked for a pause. */
  pause(durationMs: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#monotonicNow() + durationMs)
  }

  /** Milliseconds until a whole request is available. */
  get waitMs(): number {
    this.#refill()
    const refillMs = this.#tokens >= 1 ? 0 : Math.ceil(((1 - this.#tokens) / this.#rate) * 1000)
    return Math.max(refillMs, this.#pauseMs)
  }

  get #pauseMs() {
    return this.#pausedUntil - this.#monotonicNow()
  }

  get #max() {
    return Math.max(1, this.#rate)
  }

  #refill() {
    const now = this.#monotonicNow()
    this.#tokens = Math.min(this.#max, this.#tokens + ((now - this.#refilledAt) / 1000) * this.#rate)
    this.#refilledAt = now
  }
}
