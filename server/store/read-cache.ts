import { LRUCache } from 'lru-cache'
import type { ShareRequest } from '../share-requests/share-request.ts'

/** As many as pages that are open at a time; each is about a kilobyte. */
const mostKept = 10_000

/**
 * Share requests as they were last read, for a database in which nobody else writes them: a page reads its own several
 * times, and even the cheapest query is a third of the work that its answer takes.
 */
export class ReadCache {
  readonly #requests = new LRUCache<string, ShareRequest>({ max: mostKept })
  #writes = 0

  /** The share request of this id, by `read` where it is not known. */
  async find(id: string, read: () => Promise<ShareRequest | null>): Promise<ShareRequest | null> {
    const known = this.#requests.get(id)
    if (known !== undefined) return known
    const writes = this.#writes
    const request = await read()
    // What was written in the meantime may be newer.
    if (request !== null && writes === this.#writes) this.#requests.set(id, request)
    return request
  }

  /** To be told after each write, be it that it failed. @param id of the one that it can have changed; else any. */
  written(id?: string): void {
    this.#writes++
    if (id === undefined) this.#requests.clear()
    else this.#requests.delete(id)
  }
}
