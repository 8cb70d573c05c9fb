/** What time-driven work runs on; tests and simulations bring their own. */
export interface Timers {
  /** Calls `callback` once, after `delay` milliseconds. @returns what `clear` takes. */
  set(callback: () => void, delay: number): unknown
  clear(timer: unknown): void
}

export interface Clock extends Timers {
  /** Milliseconds since the epoch. */
  now(): number
}

/** The process's own. They do not keep it alive. */
export const realTimers: Timers = {
  set: (callback, delay) => setTimeout(callback, delay).unref(),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
}
