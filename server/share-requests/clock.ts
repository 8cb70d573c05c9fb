/** A monotonic clock with timers. Tests and simulations have their own. */
export interface Timers {
  /** Milliseconds since an arbitrary time. It never steps, unlike the system's clock. */
  monotonicNow(): number
  /** Calls `callback` once, after `delayMs`. @returns what `clear` takes. */
  set(callback: () => void, delayMs: number): unknown
  clear(timer: unknown): void
}

/** Timers together with the time of day, which may step. */
export interface Clock extends Timers {
  /** Milliseconds since the epoch. */
  now(): number
}

/** The process's own. They do not keep it alive. */
export const realTimers: Timers = {
  monotonicNow: () => performance.now(),
  set: (callback, delayMs) => setTimeout(callback, delayMs).unref(),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
}
