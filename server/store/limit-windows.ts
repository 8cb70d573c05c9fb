import type { CreationLimit } from '../share-requests/store.ts'

/** Milliseconds in which what a limit counts is counted together, beginning with the first. */
const limitWindowMs = 60_000

/** The window of a limit that begins at `now`. */
export const windowFrom = (now: number) => ({
  now,
  end: now + limitWindowMs,
  latestEnd: now + 2 * limitWindowMs,
})

/**
 * Whether a window that ends at `until` is in progress. One that ends much later than a window lasts began before the clock
 * was set back; a little later, on a gateway whose clock is ahead.
 */
export const isOpen = (until: number, now: number) => until > now && until <= windowFrom(now).latestEnd

/** Milliseconds until then, but no longer than a window lasts. */
export const retryAfterMs = (until: number, now: number) => Math.min(until - now, limitWindowMs)

/** Counts creations in the memory of one gateway. */
export class CreationCounts {
  readonly #windows = new Map<string, { count: number; until: number }>()

  /** Counts one creation. @returns null, or if a limit is reached the time until which it is. */
  take(limits: readonly CreationLimit[], now: number): number | null {
    for (const { name, maxPerMinute } of limits) {
      const known = this.#windows.get(name)
      const window = known && isOpen(known.until, now) ? known : { count: 0, until: now + limitWindowMs }
      if (window.count >= maxPerMinute) return window.until
      window.count++
      this.#windows.set(name, window)
    }
    return null
  }

  /** Forgets windows that are over. */
  prune(now: number): void {
    for (const [name, window] of this.#windows) if (!isOpen(window.until, now)) this.#windows.delete(name)
  }
}
