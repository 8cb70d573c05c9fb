import { currentRequest, type Logger } from './log.ts'

type Level = 'info' | 'warn' | 'error'
type Fields = Record<string, unknown>

interface Window {
  fields: Fields
  /** Occurrences since the last line. */
  suppressed: number
  timer: NodeJS.Timeout
  writeCount: () => void
}

interface LogLimiterOptions {
  intervalMs?: number
  /** Kinds that are counted separately at one time; all others count as one. */
  maxKinds?: number
}

/**
 * Writes at most one line per kind and interval: what happens with every request would otherwise fill the disk while
 * something is wrong. The first occurrence is logged at once, those that follow within the interval as one line with
 * their `count`.
 */
export class LogLimiter {
  readonly #log: Logger
  readonly #intervalMs: number
  readonly #maxKinds: number
  readonly #windows = new Map<string, Window>()

  constructor(log: Logger, { intervalMs = 1_000, maxKinds = 1_000 }: LogLimiterOptions = {}) {
    this.#log = log
    this.#intervalMs = intervalMs
    this.#maxKinds = maxKinds
  }

  /** @returns the fields of the line that stands for this occurrence: its own, or those of the first in the interval. */
  write<T extends Fields>(level: Level, kind: string, fields: T, message: string): T {
    const known = this.#windows.get(kind)
    if (known !== undefined) {
      known.suppressed++
      return known.fields as T
    }
    if (this.#windows.size >= this.#maxKinds && kind !== others)
      return this.write(level, others, fields, message)
    this.#line(level, fields, message)
    const window: Window = {
      fields,
      suppressed: 0,
      // The count stands for many requests, not for this one.
      timer: currentRequest.exit(() =>
        setInterval(() => this.#endInterval(kind, window), this.#intervalMs).unref(),
      ),
      writeCount: () => this.#line(level, { ...fields, count: window.suppressed }, message),
    }
    this.#windows.set(kind, window)
    return fields
  }

  /** Writes the pending counts. */
  stop(): void {
    for (const [kind, window] of this.#windows) {
      if (window.suppressed > 0) window.writeCount()
      this.#forget(kind, window)
    }
  }

  #line(level: Level, fields: Fields, message: string): void {
    this.#log[level](fields, message)
  }

  #endInterval(kind: string, window: Window): void {
    if (window.suppressed === 0) this.#forget(kind, window)
    else {
      window.writeCount()
      window.suppressed = 0
    }
  }

  #forget(kind: string, window: Window): void {
    clearInterval(window.timer)
    this.#windows.delete(kind)
  }
}

const others = 'others'
