import type { ExecutionResult } from 'graphql'

/**
 * The results of a subscription as graphql-ws gets them: each a ticket, which `takeResult` exchanges for the result once.
 * graphql-ws keeps the last one until the next event, which may be hours away.
 */
export class SocketResults implements AsyncIterableIterator<ExecutionResult> {
  readonly #results: AsyncIterator<ExecutionResult>

  constructor(results: AsyncIterator<ExecutionResult>) {
    this.#results = results
  }

  next(): Promise<IteratorResult<ExecutionResult>> {
    // Not an async function, whose frame every waiting subscription would keep.
    return this.#results.next().then(asTicket)
  }

  async return(): Promise<IteratorResult<ExecutionResult>> {
    await this.#results.return?.()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator]() {
    return this
  }
}

const asTicket = ({ done, value }: IteratorResult<ExecutionResult>): IteratorResult<ExecutionResult> =>
  done === true ? { done, value: undefined } : { done: false, value: new Ticket(value) }

class Ticket implements ExecutionResult {
  readonly data = null
  #result: ExecutionResult | null

  constructor(result: ExecutionResult) {
    this.#result = result
  }

  take(): ExecutionResult {
    const result = this.#result
    if (result === null) throw new Error('graphql-ws sends a result a second time.')
    this.#result = null
    return result
  }
}

/** The result behind a ticket, which has it once. Results of queries and mutations have none. */
export const takeResult = (result: object): ExecutionResult =>
  result instanceof Ticket ? result.take() : result
