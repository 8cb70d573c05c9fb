import { isTerminal, type ShareRequest } from './share-request.ts'
import type { Listener, Topics } from './topics.ts'

/**
 * A share request as it changes: the current version first, then each newer one once and in order, ending after a
 * terminal one. It attaches to the topic when made, so that nothing is missed while the first version is read.
 *
 * An iterator by hand and not an async generator: `return()` must end a `next()` that waits, which a generator queues.
 */
export class Follower implements AsyncIterableIterator<ShareRequest>, Listener {
  readonly #topics: Topics
  readonly #id: string
  readonly #delivered: ((request: ShareRequest) => void) | undefined
  #unseen: ShareRequest[] = []
  #version = 0
  #ended = false
  #waiting: ((result: IteratorResult<ShareRequest>) => void)[] = []

  /** `delivered` hears of each change that was taken for delivery, the version read at first not among them. */
  constructor(topics: Topics, id: string, delivered?: (request: ShareRequest) => void) {
    this.#topics = topics
    this.#id = id
    this.#delivered = delivered
    topics.add(id, this)
  }

  changed(request: ShareRequest): void {
    if (this.offer(request)) this.#delivered?.(request)
  }

  /** Takes `request` for delivery if it is newer than all before it. @returns whether it did. */
  offer(request: ShareRequest): boolean {
    if (this.#ended || request.version <= this.#version) return false
    this.#version = request.version
    const first = this.#waiting.shift()
    if (first === undefined) this.#unseen.push(request)
    else first({ value: request, done: false })
    if (isTerminal(request)) this.#end()
    return true
  }

  next(): Promise<IteratorResult<ShareRequest>> {
    const request = this.#unseen.shift()
    if (request !== undefined) return Promise.resolve({ value: request, done: false })
    if (this.#ended) return Promise.resolve({ value: undefined, done: true })
    return new Promise((resolve) => {
      // Not pushed: that leaves room for a dozen more, in each of thousands that wait.
      this.#waiting = this.#waiting.concat(resolve)
    })
  }

  return(): Promise<IteratorResult<ShareRequest>> {
    this.#unseen = []
    this.#end()
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator]() {
    return this
  }

  #end() {
    this.#ended = true
    this.#topics.remove(this.#id, this)
    for (const resolve of this.#waiting.splice(0)) resolve({ value: undefined, done: true })
  }
}
