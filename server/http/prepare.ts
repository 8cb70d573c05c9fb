import { type ExecutionArgs, GraphQLError } from 'graphql'
import type { GraphQLServer } from './graphql.ts'
import type { Transport } from './transport.ts'

/** What a client asks, as the transports carry it. */
export interface OperationParams {
  query: string
  operationName?: string | null | undefined
  variables?: Record<string, unknown> | null | undefined
  extensions?: Record<string, unknown> | null | undefined
}

type Enveloped = ReturnType<GraphQLServer['getEnveloped']>

/** An operation that is parsed, valid and authenticated, with the functions that execute it. */
export type Prepared = ExecutionArgs & Pick<Enveloped, 'execute' | 'subscribe'>

/**
 * Everything that comes before an operation's execution, on whatever transport: each step passes the plugins.
 * @returns the faults of the document, where it has any. Rejects where the caller can not be authenticated.
 */
export async function prepare(
  graphql: GraphQLServer,
  transport: Transport,
  params: OperationParams,
): Promise<Prepared | readonly GraphQLError[]> {
  const enveloped = graphql.getEnveloped({ ...transport, params })
  const { schema, parse, validate, contextFactory, execute, subscribe } = enveloped
  let document: ExecutionArgs['document']
  try {
    document = parse(params.query)
  } catch (error) {
    // Returned and not thrown: a thrown one closes a socket and every other subscription on it.
    return [error instanceof GraphQLError ? error : new GraphQLError('Syntax error.')]
  }
  const errors = validate(schema, document)
  if (errors.length > 0) return errors
  const contextValue = await contextFactory()
  const { operationName, variables } = params
  return { schema, document, operationName, variableValues: variables, contextValue, execute, subscribe }
}

/** Whether it is faults that `prepare` gave. */
export const isFaulty = (prepared: Prepared | readonly GraphQLError[]): prepared is readonly GraphQLError[] =>
  Array.isArray(prepared)
