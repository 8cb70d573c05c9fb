import { isTerminal, type ShareRequest } from './share-request.ts'
import type { TopicListener, Topics } from './topics.ts'

/**
 * A share request as it changes: the current version first, then each newer one once and in order, ending after a
 * terminal one, or when the share request is erased. It attaches to the topic when created, so that nothing is missed
 * while the first version is read.
 *
 * An iterator by hand and not an async generator: `return()` must end a `next()` that waits, which a generator queues.
 */
export class StatusSubscription implements AsyncIterableIterator<ShareRequest>, TopicListener {
  readonly #topics: Topics
  readonly #id: string
  readonly #delivered: ((request: ShareRequest) => void) | undefined
  #queue: ShareRequest[] = []
  #version = 0
  #ended = false
  #waitingReaders: ((result: IteratorResult<ShareRequest>) => void)[] = []

  /** `delivered` is called for each change that is taken for delivery, but not for the version that was read first. */
  constructor(topics: Topics, id: string, delivered?: (request: ShareRequest) => void) {
    this.#topics = topics
    this.#id = id
    this.#delivered = delivered
    topics.add(id, this)
  }

  changed(request: ShareRequest): void {
    if (this.offer(request)) this.#delivered?.(request)
  }

  gone(): void {
    this.#end()
  }

  /** Takes `request` for delivery if it is newer than all before it. @returns whether it did. */
  offer(request: ShareRequest): boolean {
    if (this.#ended || request.version <= this.#version) return false
    this.#version = request.version
    const first = this.#waitingReaders.shift()
    if (first === undefined) this.#queue.push(request)
    else first({ value: request, done: false })
    if (isTerminal(request)) this.#end()
    return true
  }

  next(): Promise<IteratorResult<ShareRequest>> {
    const request = this.#queue.shift()
    if (request !== undefined) return Promise.resolve({ value: request, done: false })
    if (this.#ended) return Promise.resolve({ value: undefined, done: true })
    return new Promise((resolve) => {
      // Not pushed: push() reserves room for a dozen more, in each of thousands of subscriptions.
      this.#waitingReaders = this.#waitingReaders.concat(resolve)
    })
  }

  return(): Promise<IteratorResult<ShareRequest>> {
    this.#queue = []
    this.#end()
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator]() {
    return this
  }

  #end() {
    this.#ended = true
    this.#topics.remove(this.#id, this)
    for (const resolve of this.#waitingReaders.splice(0)) resolve({ value: undefined, done: true })
  }
}
