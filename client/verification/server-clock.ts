/** The gateway's time, because the clock of the customer's device may be wrong. */
export interface ServerClock {
  /** Milliseconds since the epoch, by the gateway's clock; by the device's until the gateway has answered. */
  now(): number
  /** Takes a time from the gateway's answer. The gateway's clock is now at least there. */
  observe(serverTime: number): void
}

/**
 * Every time in an answer has already passed at the gateway, so the latest one is the closest to the truth, and an old one
 * (a replayed answer, a cached header) does no harm. From there the monotonic clock counts on, which nobody can set.
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
