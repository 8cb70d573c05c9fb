import type { Change } from '../share-requests/store.ts'

interface ChangeListener {
  changed(change: Change): void
  missed(): void
}

/** The subscribers to changes in this process. */
export class Changes {
  readonly #listeners = new Set<ChangeListener>()

  /** @returns a function that ends the subscription. */
  subscribe(listener: ChangeListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  publish(change: Change): void {
    for (const listener of this.#listeners) listener.changed(change)
  }

  missed(): void {
    for (const listener of this.#listeners) listener.missed()
  }
}
