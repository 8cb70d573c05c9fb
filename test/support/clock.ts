import type { Clock } from '../../server/share-requests/clock.ts'

interface Timer {
  at: number
  callback: () => void
}

/** Pending timers, by time and then in the order in which they were set. */
class Queue {
  readonly #timers = new Set<Timer>()

  add(timer: Timer): Timer {
    this.#timers.add(timer)
    return timer
  }

  remove(timer: unknown): void {
    this.#timers.delete(timer as Timer)
  }

  /** The first that is due by `time`; undefined if none is. */
  next(time = Number.POSITIVE_INFINITY): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers)
      if (timer.at <= time && (first === undefined || timer.at < first.at)) first = timer
    return first
  }
}

/** A clock that stands still until a test moves it. */
export class VirtualClock implements Clock {
  readonly #timers = new Queue()
  #monotonicNow = 0
  /** The time of day, in milliseconds since the epoch, at which the monotonic clock was 0. */
  #epoch: number

  constructor(now = Date.UTC(2030, 0, 1)) {
    this.#epoch = now
  }

  readonly now = () => this.#epoch + this.#monotonicNow

  readonly monotonicNow = () => this.#monotonicNow

  set(callback: () => void, delayMs: number): Timer {
    return this.#timers.add({ at: this.#monotonicNow + Math.max(0, delayMs), callback })
  }

  clear(timer: unknown): void {
    this.#timers.remove(timer)
  }

  /** Milliseconds until the next timer is due; undefined if none is set. */
  get nextTimerMs(): number | undefined {
    const next = this.#timers.next()
    return next && Math.max(0, next.at - this.#monotonicNow)
  }

  /** Lets time pass and calls each timer at its time. What the callbacks do asynchronously is not awaited. */
  advance(durationMs: number): void {
    const end = this.#monotonicNow + durationMs
    for (let timer = this.#timers.next(end); timer !== undefined; timer = this.#timers.next(end)) {
      this.#timers.remove(timer)
      this.#monotonicNow = Math.max(this.#monotonicNow, timer.at)
      timer.callback()
    }
    this.#monotonicNow = end
  }

  /** Sets the time of day forward, or back if negative. No time passes. */
  step(durationMs: number): void {
    this.#epoch += durationMs
  }
}

/** The system's clock, which a test can set forward: timers that fall due are called at once. */
export class ShiftableClock implements Clock {
  readonly #timers = new Queue()
  readonly #real = new WeakMap<Timer, NodeJS.Timeout>()
  #ahead = 0

  readonly now = () => Date.now() + this.#ahead

  readonly monotonicNow = () => performance.now() + this.#ahead

  set(callback: () => void, delayMs: number): Timer {
    const timer = this.#timers.add({ at: this.monotonicNow() + delayMs, callback })
    this.#real.set(timer, setTimeout(() => this.#fire(timer), delayMs).unref())
    return timer
  }

  clear(timer: unknown): void {
    this.#timers.remove(timer)
    clearTimeout(this.#real.get(timer as Timer))
  }

  advance(durationMs: number): void {
    this.#ahead += durationMs
    const now = this.monotonicNow()
    for (let timer = this.#timers.next(now); timer !== undefined; timer = this.#timers.next(now))
      this.#fire(timer)
  }

  #fire(timer: Timer): void {
    this.clear(timer)
    timer.callback()
  }
}
