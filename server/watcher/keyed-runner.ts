interface Options {
  /** A caller shares a run that another caller requested, or that began by itself. */
  onShared: () => void
  /** A run threw. */
  onFailure: (error: unknown) => void
}

/**
 * Runs work, at most one run at a time for each id. Whoever requests a run shares the next one that begins, never one
 * that is already in progress: that one may have read an older state.
 */
export class KeyedRunner<Result> {
  readonly #options: Options
  /** Runs that were requested since the last one of their id began. */
  readonly #requested = new Map<string, PromiseWithResolvers<Result>>()
  /** By id, the attempts to begin what was requested: one after the other. */
  readonly #attempts = new Map<string, Promise<void>>()
  readonly #running = new Map<string, Promise<Result>>()

  constructor(options: Options) {
    this.#options = options
  }

  /** How many runs are in progress. */
  get size(): number {
    return this.#running.size
  }

  /**
   * Resolves with the result of the next run of `id`. When none is in progress, `attempt` is called to begin one with
   * `runNow`; if it does not, and no run begins by itself meanwhile, the result is `otherwise`.
   */
  runNext(id: string, attempt: () => Promise<void>, otherwise: Result): Promise<Result> {
    const requested = this.#requested.get(id)
    if (requested !== undefined) {
      this.#options.onShared()
      return requested.promise
    }
    const request = Promise.withResolvers<Result>()
    this.#requested.set(id, request)
    const attempted = this.#attempt(id, attempt)
      .then(() => request.resolve(otherwise), request.reject)
      .finally(() => {
        if (this.#attempts.get(id) === attempted) this.#attempts.delete(id)
        if (this.#requested.get(id) === request) this.#requested.delete(id)
      })
    this.#attempts.set(id, attempted)
    return request.promise
  }

  async #attempt(id: string, attempt: () => Promise<void>): Promise<void> {
    await this.#attempts.get(id)
    await this.#running.get(id)?.catch(() => {})
    await attempt()
  }

  /** Begins a run of `id` unless one is in progress. `requested`: it begins because `runNext` asked for it. */
  runNow(id: string, work: () => Promise<Result>, { requested }: { requested: boolean }): void {
    if (this.#running.has(id)) return
    const run = work().finally(() => this.#running.delete(id))
    run.catch(this.#options.onFailure)
    this.#running.set(id, run)
    const request = this.#requested.get(id)
    if (request === undefined) return
    if (!requested) this.#options.onShared()
    this.#requested.delete(id)
    request.resolve(run)
  }

  /** Resolves when no run is in progress and none is requested. */
  async idle(): Promise<void> {
    while (this.#attempts.size > 0) await Promise.all(this.#attempts.values())
    await Promise.allSettled(this.#running.values())
  }
}
