import type { Clock } from '../../../server/share-requests/clock.ts'

/** Who set a timer: the watcher (and what it waits for) or the simulated customers. */
type Owner = 'watcher' | 'customers'

interface Entry {
  at: number
  order: number
  owner: Owner
  callback: (() => void) | null
}

/**
 * A clock that jumps from one timer to the next. After each timer it waits until everything that it caused has settled,
 * and attributes the CPU to whoever set it.
 */
export class SimulatedClock implements Clock {
  /** Microseconds of CPU. */
  readonly cpu: Record<Owner, number> = { watcher: 0, customers: 0 }
  readonly fired: Record<Owner, number> = { watcher: 0, customers: 0 }
  readonly #heap: Entry[] = []
  #now: number
  #order = 0

  constructor(now: number) {
    this.#now = now
  }

  now = (): number => this.#now

  monotonicNow = (): number => this.#now

  set = (callback: () => void, delay: number): Entry => this.#add('watcher', this.#now + delay, callback)

  clear(timer: unknown): void {
    if (timer !== null && typeof timer === 'object' && 'callback' in timer) timer.callback = null
  }

  /** Calls `callback` for the customers at `at`, milliseconds since the epoch. */
  at(at: number, callback: () => void): void {
    this.#add('customers', at, callback)
  }

  /** Sets the clock to `time`. No timer may be pending. */
  leap(time: number): void {
    this.#now = time
  }

  async runUntil(end: number): Promise<void> {
    for (let entry = this.#heap[0]; entry !== undefined && entry.at <= end; entry = this.#heap[0]) {
      this.#removeFirst()
      if (entry.callback === null) continue
      this.#now = Math.max(this.#now, entry.at)
      const before = process.cpuUsage()
      entry.callback()
      await atRest()
      const { user, system } = process.cpuUsage(before)
      this.cpu[entry.owner] += user + system
      this.fired[entry.owner]++
    }
    this.#now = end
  }

  #add(owner: Owner, at: number, callback: () => void): Entry {
    const entry = { at, order: this.#order++, owner, callback }
    const heap = this.#heap
    let place = heap.push(entry) - 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!isBefore(entry, heap[parent]!)) break
      heap[place] = heap[parent]!
      place = parent
    }
    heap[place] = entry
    return entry
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, last)) break
      heap[place] = heap[child]!
      place = child
    }
    heap[place] = last
  }
}

const isBefore = (a: Entry, b: Entry) => a.at < b.at || (a.at === b.at && a.order < b.order)

/** The store does no asynchronous I/O: once the promises have settled, everything has. */
const atRest = () => new Promise((resolve) => setImmediate(resolve))
