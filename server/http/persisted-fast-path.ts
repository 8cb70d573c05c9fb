import type { ExecutionResult } from 'graphql'
import { asRequestError } from '../graphql/errors.ts'
import type { Execution, MaskError } from '../graphql/execution.ts'
import type { HttpExchange, OperationParams } from '../graphql/operation.ts'
import { isErrors, type Prepare } from '../graphql/prepare.ts'

interface PersistedFastPathDeps {
  prepare: Prepare
  execution: Pick<Execution, 'execute'>
  mask: MaskError
  /** Called once for each operation that takes the fast path. */
  onTaken: () => void
}

/**
 * Executes queries and mutations that are sent by hash, as our own pages send them, without Yoga: Fetch's Request,
 * Response and streams cost several times what such an operation does. Both ways lead to the same execution. Operations
 * sent as text go to Yoga.
 */
export class PersistedFastPath {
  readonly #deps: PersistedFastPathDeps

  constructor(deps: PersistedFastPathDeps) {
    this.#deps = deps
  }

  /** Whether `params` have a hash and no text. */
  takes({ query }: OperationParams): boolean {
    return !query
  }

  async run(exchange: HttpExchange, params: OperationParams, bytes: number): Promise<ExecutionResult> {
    const { prepare, execution, mask, onTaken } = this.#deps
    onTaken()
    try {
      const prepared = await prepare(exchange, params, bytes)
      return isErrors(prepared) ? { errors: prepared } : await execution.execute(prepared)
    } catch (error) {
      return { errors: [asRequestError(mask(error), 'INTERNAL_SERVER_ERROR')] }
    }
  }
}
