import { type DocumentNode, type ExecutionArgs, GraphQLError } from 'graphql'
import { createLRUCache } from 'graphql-yoga'
import { type GraphQLServer, mostDocumentsKept } from './graphql.ts'
import type { PersistedOperations } from './persisted-operations.ts'
import type { Transport } from './transport.ts'

/** What a client asks, as the transports carry it. */
export interface OperationParams {
  /** Left out or empty where `extensions` have its hash. */
  query?: string | null | undefined
  operationName?: string | null | undefined
  variables?: Record<string, unknown> | null | undefined
  extensions?: Record<string, unknown> | null | undefined
}

/** An operation that is parsed, valid and authenticated, with the functions that execute it. */
export type Prepared = ExecutionArgs &
  Pick<ReturnType<GraphQLServer['getEnveloped']>, 'execute' | 'subscribe'>

export type Prepare = (
  transport: Transport,
  params: OperationParams,
) => Promise<Prepared | readonly GraphQLError[]>

/**
 * Makes the function that does everything before an operation's execution, on whatever transport. Its answer is the
 * faults of the document where it has any; it rejects where the caller can not be authenticated. A document that was
 * once found valid is not parsed and validated again.
 */
export function createPrepare(graphql: GraphQLServer, operations: PersistedOperations): Prepare {
  const validDocuments = createLRUCache<DocumentNode>({ max: mostDocumentsKept })

  return async (transport, params) => {
    const { operationName, variables } = params
    const query = operations.textOf(params)
    if (query instanceof GraphQLError) return [query]
    const enveloped = graphql.getEnveloped({ ...transport, params })
    const { schema, parse, validate, contextFactory, execute, subscribe } = enveloped
    let document = validDocuments.get(query)
    if (document === undefined) {
      try {
        document = parse(query) as DocumentNode
      } catch (error) {
        // Returned and not thrown: a thrown one closes a socket and every other subscription on it.
        return [error instanceof GraphQLError ? error : new GraphQLError('Syntax error.')]
      }
      const errors = validate(schema, document)
      if (errors.length > 0) return errors
      validDocuments.set(query, document)
    }
    const contextValue = await contextFactory()
    return {
      schema,
      document,
      rootValue: undefined,
      operationName,
      variableValues: variables,
      contextValue,
      execute,
      subscribe,
    }
  }
}

/** Whether it is faults that `Prepare` gave. */
export const isFaulty = (prepared: Prepared | readonly GraphQLError[]): prepared is readonly GraphQLError[] =>
  Array.isArray(prepared)
