import type { ShareRequest } from './share-request.ts'

export interface TopicListener {
  changed(request: ShareRequest): void
  /** The share request no longer exists. */
  gone(): void
}

/** Who in this process listens to which share request. */
export class Topics {
  readonly #listeners = new Map<string, Set<TopicListener>>()

  add(id: string, listener: TopicListener): void {
    const listeners = this.#listeners.get(id) ?? new Set()
    this.#listeners.set(id, listeners.add(listener))
  }

  /** Once removed, it can be removed again: nothing happens. */
  remove(id: string, listener: TopicListener): void {
    const listeners = this.#listeners.get(id)
    listeners?.delete(listener)
    if (listeners?.size === 0) this.#listeners.delete(id)
  }

  publish(request: ShareRequest): void {
    for (const listener of [...(this.#listeners.get(request.id) ?? [])]) listener.changed(request)
  }

  /** Ends what listens to `id`: that share request no longer exists. */
  end(id: string): void {
    for (const listener of [...(this.#listeners.get(id) ?? [])]) listener.gone()
  }

  has(id: string): boolean {
    return this.#listeners.has(id)
  }

  /** How many listen. */
  get size(): number {
    let size = 0
    for (const listeners of this.#listeners.values()) size += listeners.size
    return size
  }

  /** Ids of the share requests that somebody listens to. */
  ids(): string[] {
    return [...this.#listeners.keys()]
  }
}
