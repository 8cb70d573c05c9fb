import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  executeRootSelectionSet,
  executeSubscriptionEvent,
  type GraphQLError,
  type ValidatedExecutionArgs,
  validateExecutionArgs,
  validateSubscriptionArgs,
} from 'graphql'
import { planOf } from './execution-plan.ts'
import { traceOperation } from './operation-trace.ts'
import type { OperationPlugin } from './transport.ts'

/** What a caller sees of an error. */
export type MaskError = (error: unknown) => GraphQLError

/**
 * Executes by plans, and with graphql-js itself. To be the last of the plugins: it ends the round of `onSubscribe` with a stream
 * whose events pass the executor and the mask and nothing else, where Yoga would lay its own mask around the stream in
 * further layers of iterators, which every subscription keeps and every event passes.
 */
export const executionPlugin = (mask: MaskError): OperationPlugin => ({
  onExecute: ({ setExecuteFn }) => setExecuteFn((args) => traceOperation(args, () => execute(args))),
  async onSubscribe({ args, setResultAndStopExecution }) {
    setResultAndStopExecution(await traceOperation(args, () => subscribe(args, mask)))
  },
})

type MaybePromise<T> = T | Promise<T>

function execute(args: ExecutionArgs): MaybePromise<ExecutionResult> {
  const validated = validateExecutionArgs(args)
  return 'schema' in validated
    ? byPlan(validated, args.rootValue, executeRootSelectionSet)
    : blameRequest({ errors: validated })
}

/** Executes `args` by their plan; where they have none or it does not come through, by `byGraphQL`. */
function byPlan<Args extends ValidatedExecutionArgs>(
  args: Args,
  rootValue: unknown,
  byGraphQL: (args: Args) => MaybePromise<ExecutionResult>,
): MaybePromise<ExecutionResult> {
  const otherwise = () => byGraphQL({ ...args, rootValue })
  const plan = planOf(args)
  if (plan === null) return otherwise()
  try {
    const data = plan(rootValue, args)
    return data instanceof Promise ? data.then((data) => ({ data }), otherwise) : { data }
  } catch {
    return otherwise()
  }
}

async function subscribe(args: ExecutionArgs, mask: MaskError): Promise<ResponseStream | ExecutionResult> {
  const validated = validateSubscriptionArgs(args)
  if (!('schema' in validated)) return blameRequest({ errors: validated })
  const source = await createSourceEventStream(validated)
  if (Symbol.asyncIterator in source) return new ResponseStream(source, args, mask)
  return masked(source, mask)
}

/**
 * The results of a subscription, one for each event of its source; every error in them masked. Its arguments are
 * validated anew for each event: that takes a microsecond, and what comes of it is a kilobyte that each would keep.
 */
class ResponseStream implements AsyncIterableIterator<ExecutionResult> {
  readonly #source: AsyncIterator<unknown>
  readonly #args: ExecutionArgs
  readonly #mask: MaskError

  constructor(source: AsyncIterable<unknown>, args: ExecutionArgs, mask: MaskError) {
    this.#source = source[Symbol.asyncIterator]()
    this.#args = args
    this.#mask = mask
  }

  async next(): Promise<IteratorResult<ExecutionResult>> {
    try {
      const event = await this.#source.next()
      if (event.done === true) return { value: undefined, done: true }
      const result = executeEvent(this.#args, event.value)
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

function executeEvent(args: ExecutionArgs, event: unknown): MaybePromise<ExecutionResult> {
  const validated = validateSubscriptionArgs(args)
  return 'schema' in validated ? byPlan(validated, event, executeSubscriptionEvent) : { errors: validated }
}

/** Errors without `data` come before the execution, such as a variable of the wrong type: HTTP says 400 to them. */
function blameRequest(result: ExecutionResult): ExecutionResult {
  if (result.data === undefined)
    for (const { extensions } of result.errors ?? []) extensions.http ??= { spec: true, status: 400 }
  return result
}

const masked = (result: ExecutionResult, mask: MaskError): ExecutionResult =>
  result.errors === undefined ? result : { ...result, errors: result.errors.map(mask) }
