import { isLive } from '../share-requests/partner-keys.ts'
import type { Store } from '../share-requests/store.ts'

/** How often the keys of open sessions are checked: a revocation takes effect within that time. */
const checkIntervalMs = 500

/**
 * Open sockets and streams of partners, by the key that opened them. Closes them when the key is revoked or expires.
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

  /** Calls `end` when the key is revoked or expires. @returns a function that removes a session that ended by itself. */
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
