import type { CreationLimit } from '../share-requests/store.ts'

/** Milliseconds in which what a limit counts is counted together, beginning with the first. */
export const limitWindowMs = 60_000

/** Counts creations in the memory of one gateway. */
export class CreationCounts {
  readonly #windows = new Map<string, { count: number; until: number }>()

  /** Counts one creation. @returns null, or if a limit is reached the time until which it is. */
  take(limits: readonly CreationLimit[], now: number): number | null {
    for (const { name, maxPerMinute } of limits) {
      const known = this.#windows.get(name)
      const window = known && isOpen(known, now) ? known : { count: 0, until: now + limitWindowMs }
      if (window.count >= maxPerMinute) return window.until
      window.count++
      this.#windows.set(name, window)
    }
    return null
  }

  /** Forgets windows that are over. */
  prune(now: number): void {
    for (const [name, window] of this.#windows) if (!isOpen(window, now)) this.#windows.delete(name)
  }
}

/** One that ends later than a window lasts began before the clock was set back. */
const isOpen = ({ until }: { until: number }, now: number) => until > now && until <= now + limitWindowMs
