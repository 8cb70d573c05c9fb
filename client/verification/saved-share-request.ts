/** Lets this page, and nobody else, follow one share request. */
export interface ShareRequestHandle {
  /** Not a secret: send it to your server. */
  id: string
  /** A secret of this browser: never in a URL, a log or another page. */
  clientSecret: string
}

/** What survives a reload: the key of a creation that is not answered yet, then the handle from the answer. */
export type Saved = { idempotencyKey: string } | ShareRequestHandle

export interface SavedShareRequest {
  read(): Saved | null
  write(saved: Saved): void
  forget(): void
}

/**
 * Keeps it for this tab alone (`sessionStorage`), one for each policy and reference; in memory if the browser
 * allows no storage. Content that cannot be read counts as nothing.
 */
export function savedShareRequest(policy: string, reference?: string): SavedShareRequest {
  const name = ['portmone-verification', policy, ...(reference === undefined ? [] : [reference])].join(':')
  let memory: Saved | null = null
  return {
    read() {
      try {
        const item = sessionStorage.getItem(name)
        return item === null ? memory : parse(item)
      } catch {
        return memory
      }
    },
    write(saved) {
      memory = saved
      try {
        sessionStorage.setItem(name, JSON.stringify(saved))
      } catch {
        // Storage is forbidden or full: a reload then forgets it.
      }
    },
    forget() {
      memory = null
      try {
        sessionStorage.removeItem(name)
      } catch {
        // It was never written.
      }
    },
  }
}

/** Throws a SyntaxError if it is not JSON. */
function parse(item: string): Saved | null {
  const saved: unknown = JSON.parse(item)
  if (typeof saved !== 'object' || saved === null) return null
  if ('id' in saved && 'clientSecret' in saved) {
    const { id, clientSecret } = saved
    if (typeof id === 'string' && typeof clientSecret === 'string') return { id, clientSecret }
  }
  if ('idempotencyKey' in saved && typeof saved.idempotencyKey === 'string')
    return { idempotencyKey: saved.idempotencyKey }
  return null
}
