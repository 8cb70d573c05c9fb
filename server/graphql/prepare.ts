import { type DocumentNode, GraphQLError, getOperationAST, type OperationDefinitionNode } from 'graphql'
import { schema } from '../schema/index.ts'
import type { Documents } from './documents.ts'
import { requestError } from './errors.ts'
import type { Operation, OperationParams, Transport } from './operation.ts'
import type { ContextOf } from './operation-context.ts'
import type { PersistedOperations } from './persisted-operations.ts'
import { nestingError, subscriptionSizeError } from './request-limits.ts'

/** @param bytes of the request that `params` were read from. */
export type Prepare = (
  transport: Transport,
  params: OperationParams,
  bytes: number,
) => Promise<Operation | readonly GraphQLError[]>

interface PrepareDeps {
  documents: Documents
  contextOf: ContextOf
  persisted: PersistedOperations
  /** Called with the errors of a request. */
  onErrors?: (errors: readonly GraphQLError[]) => void
}

/**
 * Makes the function that does everything before the execution of an operation, on every transport. It returns the
 * operation or the errors of the request, and rejects if the caller cannot be authenticated.
 */
export function createPrepare({ documents, contextOf, persisted, onErrors }: PrepareDeps): Prepare {
  const failed = (...errors: readonly GraphQLError[]) => {
    onErrors?.(errors)
    return errors
  }
  return async (transport, params, bytes) => {
    const tooDeep = nestingError(params)
    if (tooDeep !== null) return failed(tooDeep)
    const contextValue = await contextOf(transport)
    const text = persisted.textOf(params)
    if (text instanceof GraphQLError) return failed(text)
    const refusal = persisted.refuseUnknown?.(contextValue.caller, text)
    if (refusal) return failed(refusal)
    let document: DocumentNode
    try {
      document = documents.parse(text)
    } catch (error) {
      // Returned, because a thrown error would close a socket with all other subscriptions on it.
      return failed(error instanceof GraphQLError ? error : new GraphQLError('Syntax error.'))
    }
    const errors = documents.validate(document)
    if (errors.length > 0) return failed(...errors)
    const operation = getOperationAST(document, params.operationName)
    if (operation == null) return failed(unclear)
    const tooLarge = operation.operation === 'subscription' ? subscriptionSizeError(bytes) : null
    if (tooLarge !== null) return failed(tooLarge)
    return {
      schema,
      document,
      rootValue: undefined,
      operationName: params.operationName,
      variableValues: declaredOf(operation, params.variables),
      contextValue,
    }
  }
}

/** Only the variables that `operation` declares, because a subscription keeps them while it waits. */
function declaredOf(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: OperationParams['variables'],
): Record<string, unknown> {
  const given = variables ?? {}
  const names = variableDefinitions.map(({ variable }) => variable.name.value)
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(given, name)).map((name) => [name, given[name]]),
  )
}

/** Same message as Yoga's. */
const unclear = requestError('OPERATION_RESOLUTION_FAILURE', 'Could not determine what operation to execute.')

/** Whether `Prepare` returned errors. */
export const isErrors = (
  prepared: Operation | readonly GraphQLError[],
): prepared is readonly GraphQLError[] => Array.isArray(prepared)
