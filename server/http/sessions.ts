import { isLive } from '../share-requests/partner-keys.ts'
import type { Store } from '../share-requests/store.ts'

/** Milliseconds between two looks at the keys of open sessions: a revocation takes effect within that. */
const checkIntervalMs = 500

/**
 * What partners have open: sockets and streams, by the key they were opened with. Ends them when their key is revoked
 * or comes to its end.
 */
export class Sessions {
  readonly #store: Store
  readonly #onFailure: (error: unknown) => void
  readonly #open = new Map<string, Set<() => void>>()
  #timer: NodeJS.Timeout | undefined

  constructor(store: Store, onFailure: (error: unknown) => void) {
    this.#store = store
    this.#onFailure = onFailure
  }

  start(): void {
    this.#timer = setInterval(() => void this.#endDead().catch(this.#onFailure), checkIntervalMs).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Calls `end` when the key dies. @returns a function that takes the session off, when it ended by itself. */
  add(keyId: string, end: () => void): () => void {
    const sessions = this.#open.get(keyId) ?? new Set()
    this.#open.set(keyId, sessions.add(end))
    return () => {
      sessions.delete(end)
      if (sessions.size === 0 && this.#open.get(keyId) === sessions) this.#open.delete(keyId)
    }
  }

  async #endDead(): Promise<void> {
    for (const keyId of [...this.#open.keys()]) {
      const key = await this.#store.findPartnerKey(keyId)
      if (key !== null && isLive(key, this.#store.now())) continue
      const sessions = this.#open.get(keyId) ?? []
      this.#open.delete(keyId)
      for (const end of sessions) end()
    }
  }
}
