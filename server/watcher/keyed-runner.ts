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
export class Work<Result> {
  readonly #options: Options
  /** What has been called for since work on its id last began. */
  readonly #calledFor = new Map<string, PromiseWithResolvers<Result>>()
  /** By id, the attempts to begin what was called for: one after the other. */
  readonly #attempts = new Map<string, Promise<void>>()
  readonly #underWay = new Map<string, Promise<Result>>()

  constructor(options: Options) {
    this.#options = options
  }

  /** Pieces of work under way. */
  get size(): number {
    return this.#underWay.size
  }

  /**
   * Resolves with the result of the next piece of work on `id`. When none is under way, `attempt` is to begin one; where
   * it does not come to that, and none begins by itself meanwhile, the result is `otherwise`.
   */
  callFor(id: string, attempt: () => Promise<void>, otherwise: Result): Promise<Result> {
    const known = this.#calledFor.get(id)
    if (known !== undefined) {
      this.#options.onShared()
      return known.promise
    }
    const call = Promise.withResolvers<Result>()
    this.#calledFor.set(id, call)
    const ended = this.#attempt(id, attempt)
      .then(() => call.resolve(otherwise), call.reject)
      .finally(() => {
        if (this.#attempts.get(id) === ended) this.#attempts.delete(id)
        if (this.#calledFor.get(id) === call) this.#calledFor.delete(id)
      })
    this.#attempts.set(id, ended)
    return call.promise
  }

  async #attempt(id: string, attempt: () => Promise<void>): Promise<void> {
    await this.#attempts.get(id)
    await this.#underWay.get(id)?.catch(() => {})
    await attempt()
  }

  /** Begins a piece of work on `id`, unless one is under way. `isCall`: it begins because it was called for. */
  begin(id: string, work: () => Promise<Result>, isCall: boolean): void {
    if (this.#underWay.has(id)) return
    const underWay = work().finally(() => this.#underWay.delete(id))
    underWay.catch(this.#options.onFailure)
    this.#underWay.set(id, underWay)
    const call = this.#calledFor.get(id)
    if (call === undefined) return
    if (!isCall) this.#options.onShared()
    this.#calledFor.delete(id)
    call.resolve(underWay)
  }

  /** Resolves when nothing is under way and nothing called for. */
  async ended(): Promise<void> {
    while (this.#attempts.size > 0) await Promise.all(this.#attempts.values())
    await Promise.allSettled(this.#underWay.values())
  }
}
