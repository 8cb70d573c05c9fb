interface Options {
  /** A call shares work that somebody else has called for, or that began by itself. */
  onShared: () => void
  /** A piece of work threw. */
  onFailure: (error: unknown) => void
}

/**
 * The pieces of work under way, at most one for each id. Who calls for one shares the next that begins, and never one
 * that runs already: that may have looked too early.
 */
export class KeyedRunner<Result> {
  readonly #options: Options
  /** What has been called for since work on its id last began. */
  readonly #requested = new Map<string, PromiseWithResolvers<Result>>()
  /** By id, the attempts to begin what was called for: one after the other. */
  readonly #attempts = new Map<string, Promise<void>>()
  readonly #running = new Map<string, Promise<Result>>()

  constructor(options: Options) {
    this.#options = options
  }

  /** Pieces of work under way. */
  get size(): number {
    return this.#running.size
  }

  /**
   * Resolves with the result of the next piece of work on `id`. When none is under way, `attempt` is to begin one; where
   * it does not come to that, and none begins by itself meanwhile, the result is `otherwise`.
   */
  runNext(id: string, attempt: () => Promise<void>, otherwise: Result): Promise<Result> {
    const known = this.#requested.get(id)
    if (known !== undefined) {
      this.#options.onShared()
      return known.promise
    }
    const call = Promise.withResolvers<Result>()
    this.#requested.set(id, call)
    const idle = this.#attempt(id, attempt)
      .then(() => call.resolve(otherwise), call.reject)
      .finally(() => {
        if (this.#attempts.get(id) === idle) this.#attempts.delete(id)
        if (this.#requested.get(id) === call) this.#requested.delete(id)
      })
    this.#attempts.set(id, idle)
    return call.promise
  }

  async #attempt(id: string, attempt: () => Promise<void>): Promise<void> {
    await this.#attempts.get(id)
    await this.#running.get(id)?.catch(() => {})
    await attempt()
  }

  /** Begins a piece of work on `id`, unless one is under way. `isCall`: it begins because it was called for. */
  runNow(id: string, work: () => Promise<Result>, isCall: boolean): void {
    if (this.#running.has(id)) return
    const underWay = work().finally(() => this.#running.delete(id))
    underWay.catch(this.#options.onFailure)
    this.#running.set(id, underWay)
    const call = this.#requested.get(id)
    if (call === undefined) return
    if (!isCall) this.#options.onShared()
    this.#requested.delete(id)
    call.resolve(underWay)
  }

  /** Resolves when nothing is under way and nothing called for. */
  async ended(): Promise<void> {
    while (this.#attempts.size > 0) await Promise.all(this.#attempts.values())
    await Promise.allSettled(this.#running.values())
  }
}
