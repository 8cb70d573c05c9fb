import { LRUCache } from 'lru-cache'
import type { ShareRequest } from '../share-requests/share-request.ts'

/** Each is about a kilobyte. */
const maxEntries = 10_000

type Found = ShareRequest | null

/**
 * Share requests as they were last read, for a database in which nobody else writes them: a page reads its own several
 * times, and even the cheapest query is a third of the work that its answer takes.
 */
export class ReadCache {
  readonly #requests = new LRUCache<string, ShareRequest>({ max: maxEntries })
  /** Queries under way, of nothing that was written since they began. */
  readonly #reading = new Map<string, Promise<Found>>()

  /** The share request of this id, by `read` where it is not known. */
  async find(id: string, read: () => Promise<Found>): Promise<Found> {
    return this.#requests.get(id) ?? this.#reading.get(id) ?? this.#read(id, read)
  }

  /** To be told after each write, be it that it failed. @param id of the one that it can have changed; else any. */
  written(id?: string): void {
    if (id === undefined) {
      this.#requests.clear()
      this.#reading.clear()
    } else {
      this.#requests.delete(id)
      this.#reading.delete(id)
    }
  }

  async #read(id: string, read: () => Promise<Found>): Promise<Found> {
    const reading = read()
    this.#reading.set(id, reading)
    let request: Found = null
    try {
      request = await reading
      return request
    } finally {
      // Else it was written in the meantime, and what was read may be older.
      if (this.#reading.get(id) === reading) {
        this.#reading.delete(id)
        if (request !== null) this.#requests.set(id, request)
      }
    }
  }
}
