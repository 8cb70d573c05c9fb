/** A token bucket: the upstream requests that may be made now, refilled at `rate` a second, at most one second's worth. */
export class Budget {
  readonly #now: () => number
  #rate: number
  #tokens: number
  #refilledAt: number
  #pausedUntil = 0

  constructor(rate: number, now: () => number) {
    this.#now = now
    this.#rate = rate
    this.#tokens = this.#most
    this.#refilledAt = now()
  }

  /** Requests per second. */
  set rate(rate: number) {
    this.#refill()
    this.#rate = rate
    this.#tokens = Math.min(this.#tokens, this.#most)
  }

  /** Whole requests that may be made now. */
  get available(): number {
    this.#refill()
    return this.#pause > 0 ? 0 : Math.floor(this.#tokens)
  }

  take(count: number): void {
    this.#refill()
    this.#tokens -= count
  }

  /** Takes back what `take` took for a request that was not made. */
  refund(count: number): void {
    this.take(-count)
  }

  /** Leaves nothing of what has gathered. */
  empty(): void {
    this.#refill()
    this.#tokens = Math.min(0, this.#tokens)
  }

  /** Lets none through until then, milliseconds since the epoch: the service has asked for a pause. */
  pause(until: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, until)
  }

  /** Milliseconds until there is a whole request. */
  get wait(): number {
    this.#refill()
    const refill = this.#tokens >= 1 ? 0 : Math.ceil(((1 - this.#tokens) / this.#rate) * 1000)
    return Math.max(refill, this.#pause)
  }

  get #pause() {
    return this.#pausedUntil - this.#now()
  }

  get #most() {
    return Math.max(1, this.#rate)
  }

  #refill() {
    const now = this.#now()
    this.#tokens = Math.min(
      this.#most,
      this.#tokens + (Math.max(0, now - this.#refilledAt) / 1000) * this.#rate,
    )
    this.#refilledAt = now
  }
}
