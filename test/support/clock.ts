import type { Clock } from '../../server/share-requests/clock.ts'

interface Timer {
  at: number
  callback: () => void
}

/** The timers that are set, by their time and then by the order in which they were set. */
class Queue {
  readonly #timers = new Set<Timer>()

  add(timer: Timer): Timer {
    this.#timers.add(timer)
    return timer
  }

  remove(timer: unknown): void {
    this.#timers.delete(timer as Timer)
  }

  /** The first that is due by `time`; undefined where none is. */
  next(time = Number.POSITIVE_INFINITY): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers)
      if (timer.at <= time && (first === undefined || timer.at < first.at)) first = timer
    return first
  }
}

/** A clock that stands still until a test moves it. Times are milliseconds since the epoch. */
export class VirtualClock implements Clock {
  readonly #timers = new Queue()
  #now: number

  constructor(now = Date.UTC(2030, 0, 1)) {
    this.#now = now
  }

  readonly now = () => this.#now

  set(callback: () => void, delay: number): Timer {
    return this.#timers.add({ at: this.#now + Math.max(0, delay), callback })
  }

  clear(timer: unknown): void {
    this.#timers.remove(timer)
  }

  /** When the next timer is due; undefined where none is set. */
  get nextAt(): number | undefined {
    return this.#timers.next()?.at
  }

  /** Lets time pass and calls what falls due on the way, each at its time. What that does in the background is not awaited. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds
    for (let timer = this.#timers.next(end); timer !== undefined; timer = this.#timers.next(end)) {
      this.#timers.remove(timer)
      this.#now = Math.max(this.#now, timer.at)
      timer.callback()
    }
    this.#now = end
  }
}

/** The system's clock, which a test can put forward: what falls due by that is called at once. */
export class ShiftableClock implements Clock {
  readonly #timers = new Queue()
  readonly #real = new WeakMap<Timer, NodeJS.Timeout>()
  #ahead = 0

  readonly now = () => Date.now() + this.#ahead

  set(callback: () => void, delay: number): Timer {
    const timer = this.#timers.add({ at: this.now() + delay, callback })
    this.#real.set(timer, setTimeout(() => this.#fire(timer), delay).unref())
    return timer
  }

  clear(timer: unknown): void {
    this.#timers.remove(timer)
    clearTimeout(this.#real.get(timer as Timer))
  }

  advance(milliseconds: number): void {
    this.#ahead += milliseconds
    const now = this.now()
    for (let timer = this.#timers.next(now); timer !== undefined; timer = this.#timers.next(now))
      this.#fire(timer)
  }

  #fire(timer: Timer): void {
    this.clear(timer)
    timer.callback()
  }
}
