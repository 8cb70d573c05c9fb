import { execute as interpret } from '@graphql-tools/executor'
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLError,
  type OperationTypeNode,
  type ValidatedExecutionArgs,
  validateExecutionArgs,
  validateSubscriptionArgs,
} from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { schema } from '../schema/index.ts'
import type { CompiledOperations } from './compiled-operations.ts'
import type { Documents } from './documents.ts'
import { asRequestError, requestError } from './errors.ts'
import type { Operation, OperationContext } from './operation.ts'
import { traceOperation } from './operation-trace.ts'

/** @returns the error that the caller sees. */
export type MaskError = (error: unknown) => GraphQLError

/** @returns the error if this caller may not run a valid operation, or null. Called on all transports. */
export type OperationGuard = (operation: Operation) => GraphQLError | null

/** The execution for all transports. Errors are masked. */
export interface Execution {
  execute(operation: Operation): MaybePromise<ExecutionResult>
  subscribe(operation: Operation): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult>
}

/** What executes an operation. */
export type Executor = 'graphql-jit' | 'graphql-tools'

interface ExecutionDeps {
  documents: Pick<Documents, 'parse'>
  /** The first error counts. */
  guards: OperationGuard[]
  mask: MaskError
  compiled: CompiledOperations
  /** Called once for each query, mutation and event of a subscription. */
  onExecute: (type: OperationTypeNode, executor: Executor) => void
  /** Keeps "Did you mean …?" out of the errors of variables. */
  hideSuggestions: boolean
}

type MaybePromise<T> = T | Promise<T>
type ExecuteEvent = (operation: KeptOperation, event: unknown) => MaybePromise<ExecutionResult>

export function createExecution(deps: ExecutionDeps): Execution {
  const { documents, guards, mask, compiled, onExecute, hideSuggestions } = deps
  return {
    execute(operation) {
      const refusal = firstError(guards, operation)
      if (refusal !== null) return refusal
      operation.hideSuggestions = hideSuggestions
      const result = traceOperation(operation, () => execute(operation))
      return result instanceof Promise ? result.then(maskResult) : maskResult(result)
    },
    async subscribe(operation) {
      const refusal = firstError(guards, operation)
      if (refusal !== null) return refusal
      operation.hideSuggestions = hideSuggestions
      return traceOperation(operation, () => subscribe(operation))
    },
  }

  function execute(args: ExecutionArgs): MaybePromise<ExecutionResult> {
    const validated = validateExecutionArgs(args)
    return 'schema' in validated ? run(validated, args.rootValue) : requestErrors(validated)
  }

  async function subscribe(operation: Operation): Promise<ResponseStream | ExecutionResult> {
    const validated = validateSubscriptionArgs(operation)
    if (!('schema' in validated)) return requestErrors(validated)
    const source = await createSourceEventStream(validated)
    if (Symbol.asyncIterator in source) return new ResponseStream(source, operation, executeEvent, mask)
    return maskResult(source)
  }

  function executeEvent(kept: KeptOperation, event: unknown): MaybePromise<ExecutionResult> {
    const { text, operationName, variableValues, contextValue, hideSuggestions } = kept
    const document = documents.parse(text)
    const args = { schema, document, operationName, variableValues, contextValue, hideSuggestions }
    const validated = validateSubscriptionArgs(args)
    return 'schema' in validated ? run(validated, event) : { errors: validated }
  }

  function run(args: ValidatedExecutionArgs, rootValue: unknown): MaybePromise<ExecutionResult> {
    const runCompiled = compiled.get(args)
    onExecute(args.operation.operation, runCompiled === null ? 'graphql-tools' : 'graphql-jit')
    return runCompiled === null ? runInterpreted(args, rootValue) : runCompiled(rootValue, args)
  }

  function maskResult(result: ExecutionResult): ExecutionResult {
    return masked(result, mask)
  }
}

function firstError(guards: readonly OperationGuard[], operation: Operation): ExecutionResult | null {
  for (const guard of guards) {
    const refusal = guard(operation)
    if (refusal !== null) return { errors: [refusal] }
  }
  return null
}

/** Makes Yoga execute by `execution`. Subscriptions never get here, unless they cannot be served. */
export const executionPlugin = ({ execute }: Execution): Plugin<OperationContext> => ({
  onExecute: ({ args, setExecuteFn }) => setExecuteFn(() => execute(args)),
  onSubscribe: ({ setResultAndStopExecution }) => setResultAndStopExecution({ errors: [notAcceptable] }),
})

export const notAcceptable = requestError(
  'NOT_ACCEPTABLE',
  'A subscription needs an event stream or a WebSocket. Send "Accept: text/event-stream", or use the protocol graphql-transport-ws.',
)

/** The parts of its operation that a subscription keeps. */
type KeptOperation = { text: string } & Pick<
  Operation,
  'operationName' | 'variableValues' | 'contextValue' | 'hideSuggestions'
>

/**
 * The results of a subscription, one for each event of its source, with masked errors. It keeps the text instead of the
 * document, which can be forty times as large, and validates the arguments again for each event: that takes a microsecond,
 * and the result would take a kilobyte while the subscription waits.
 */
class ResponseStream implements AsyncIterableIterator<ExecutionResult> {
  readonly #source: AsyncIterator<unknown>
  readonly #operation: KeptOperation
  readonly #executeEvent: ExecuteEvent
  readonly #mask: MaskError

  constructor(
    source: AsyncIterable<unknown>,
    { document, operationName, variableValues, contextValue, hideSuggestions }: Operation,
    executeEvent: ExecuteEvent,
    mask: MaskError,
  ) {
    this.#source = source[Symbol.asyncIterator]()
    const text = document.loc?.source.body ?? ''
    this.#operation = { text, operationName, variableValues, contextValue, hideSuggestions }
    this.#executeEvent = executeEvent
    this.#mask = mask
  }

  async next(): Promise<IteratorResult<ExecutionResult>> {
    try {
      const event = await this.#source.next()
      if (event.done === true) return { value: undefined, done: true }
      const result = this.#executeEvent(this.#operation, event.value)
      return { value: masked(result instanceof Promise ? await result : result, this.#mask), done: false }
    } catch (error) {
      throw this.#mask(error)
    }
  }

  async return(): Promise<IteratorResult<ExecutionResult>> {
    await this.#source.return?.()
    return { value: undefined, done: true }
  }

  [Symbol.asyncIterator]() {
    return this
  }
}

/** By Yoga's own executor, with variables that are known to be valid. */
function runInterpreted(args: ValidatedExecutionArgs, rootValue: unknown): MaybePromise<ExecutionResult> {
  const { document, operation, contextValue, rawVariableValues } = args
  const operationName = operation.name?.value
  const variableValues = rawVariableValues
  const result = interpret({ schema, document, rootValue, contextValue, variableValues, operationName })
  // The schema has neither @defer nor @stream, so that there is one result.
  return result as MaybePromise<ExecutionResult>
}

/** The result for errors before the execution, such as a variable of the wrong type. */
const requestErrors = (errors: readonly GraphQLError[]): ExecutionResult => ({
  errors: errors.map((error) => asRequestError(error, 'BAD_USER_INPUT')),
})

const masked = (result: ExecutionResult, mask: MaskError): ExecutionResult =>
  result.errors === undefined ? result : { ...result, errors: result.errors.map(mask) }
