import type { ChangeLog } from './change-log.ts'
import { RequestError } from './errors.ts'
import { matches, type ShareRequestFilter } from './filter.ts'
import { type ChangeCursor, cursorOf, type LoggedChange } from './store.ts'

/** A subscriber that has taken nothing for so long, although changes wait, is ended. */
const maxStallMs = 60_000

interface Options {
  log: ChangeLog
  /** After the last change that was processed. */
  cursor: ChangeCursor
  filter: ShareRequestFilter
  /** Milliseconds. */
  now: () => number
}

/**
 * The changes after a cursor that match a filter, in order, without end. It reads the log as its subscriber takes
 * changes, so that no more than a page of them waits.
 *
 * Throws a RequestError with the code CURSOR_EXPIRED if the log cannot go on from there, and SLOW_CONSUMER if its
 * subscriber takes nothing for a minute although changes wait.
 */
export class ChangeSubscription implements AsyncIterableIterator<LoggedChange> {
  readonly #log: ChangeLog
  readonly #filter: ShareRequestFilter
  readonly #now: () => number
  #cursor: ChangeCursor
  #page: readonly LoggedChange[] = []
  #index = 0
  #isStale = false
  #isEnded = false
  #error: RequestError | null = null
  #isTaking = false
  #lastTakenAt: number
  #resume: (() => void) | null = null

  constructor({ log, cursor, filter, now }: Options) {
    this.#log = log
    this.#filter = filter
    this.#now = now
    this.#cursor = cursor
    this.#lastTakenAt = now()
    log.add(this)
  }

  /** There may be changes to read. */
  wake(): void {
    this.#isStale = true
    if (!this.#isTaking && this.#now() - this.#lastTakenAt > maxStallMs) {
      this.#error = slowConsumer
      this.#end()
    }
    this.#resume?.()
  }

  /** Must not be called again before it has resolved. */
  async next(): Promise<IteratorResult<LoggedChange>> {
    this.#isTaking = true
    try {
      return await this.#next()
    } finally {
      this.#isTaking = false
      this.#lastTakenAt = this.#now()
    }
  }

  async #next(): Promise<IteratorResult<LoggedChange>> {
    while (!this.#isEnded) {
      const change = this.#page[this.#index++]
      if (change === undefined) await this.#readPage()
      else {
        this.#cursor = cursorOf(change)
        if (matches(this.#filter, change.request)) return { value: change, done: false }
      }
    }
    const error = this.#error
    this.#error = null
    if (error !== null) throw error
    return { value: undefined, done: true }
  }

  return(): Promise<IteratorResult<LoggedChange>> {
    this.#end()
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator]() {
    return this
  }

  async #readPage(): Promise<void> {
    this.#isStale = false
    const page = await this.#log.read(this.#cursor)
    if (this.#isEnded) return
    if (page === null) {
      this.#error = cursorExpired()
      this.#end()
      return
    }
    this.#page = page
    this.#index = 0
    if (page.length > 0 || this.#isStale) return
    await new Promise<void>((resolve) => {
      this.#resume = resolve
    })
    this.#resume = null
  }

  #end(): void {
    this.#isEnded = true
    this.#page = []
    this.#log.remove(this)
    this.#resume?.()
  }
}

export const cursorExpired = () =>
  new RequestError(
    'CURSOR_EXPIRED',
    'The changes after this cursor are not all stored: it is too old, or the database was restored from a backup. List the share requests anew, and go on from changesCursor.',
  )

const slowConsumer = new RequestError(
  'SLOW_CONSUMER',
  'Changes waited for a minute and none was read. Subscribe again with the cursor of the last change that was processed.',
)
