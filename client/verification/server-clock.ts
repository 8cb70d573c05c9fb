/** The gateway's time, so that a wrong clock of the customer's device does not matter. */
export interface ServerClock {
  /** Milliseconds since the epoch, as the gateway counts them; the device's own until the gateway was heard. */
  now(): number
  /** Takes note of a time that the gateway has told just now, or earlier: it can only be later than that. */
  observe(serverTime: number): void
}

/**
 * Whatever the gateway tells is a time that has already passed there, so the latest of all claims is the nearest to
 * the truth, and an old one (a replayed answer, a cached header) can do no harm. Counted on from there by the
 * monotonic clock, which no one can set.
 */
export function createServerClock(monotonic: () => number = () => performance.now()): ServerClock {
  let ahead: number | null = null
  return {
    now: () => (ahead === null ? Date.now() : monotonic() + ahead),
    observe(serverTime) {
      if (Number.isNaN(serverTime)) return
      ahead = Math.max(ahead ?? Number.NEGATIVE_INFINITY, serverTime - monotonic())
    },
  }
}
