/**
 * Which share requests have been written but may not have reached the disk. Such a state is not reported, because
 * a power cut could undo it. After a failed sync they stay here, and all others can still be read.
 */
export class UnsyncedWrites {
  readonly #sync: () => Promise<void>
  readonly #writes = new Map<string, Promise<unknown>>()

  constructor(sync: () => Promise<void>) {
    this.#sync = sync
  }

  /** Runs `write` on this share request, and resolves when the disk has it. */
  async during<Result>(id: string, write: () => Promise<Result>): Promise<Result> {
    const written = write()
    const synced = written.then(this.#sync, () => {})
    const all = Promise.all([this.#writes.get(id), synced])
    this.#writes.set(id, all)
    const forget = () => {
      if (this.#writes.get(id) === all) this.#writes.delete(id)
    }
    all.then(forget, () => {})
    const result = await written
    await synced
    return result
  }

  /** Resolves when everything written to these before the call is on the disk. Rejects if a sync has failed. */
  async synced(ids: readonly string[]): Promise<void> {
    if (this.#writes.size > 0) await Promise.all(ids.map((id) => this.#writes.get(id)))
  }
}
