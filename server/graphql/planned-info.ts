import type {
  FieldNode,
  GraphQLField,
  GraphQLObjectType,
  GraphQLResolveInfo,
  ValidatedExecutionArgs,
} from 'graphql'

/** Thrown by a plan for all that it does not do. */
export const leftToGraphQL = new Error('This is left to graphql-js.')

/** What resolvers are told of their field, made once for all executions. What differs between these, graphql-js tells. */
export class PlannedInfo implements GraphQLResolveInfo {
  readonly schema
  readonly fragments
  readonly operation
  readonly parentType
  readonly fieldName
  readonly returnType
  readonly fieldNodes

  constructor(
    {
      schema,
      fragmentDefinitions,
      operation,
    }: Pick<ValidatedExecutionArgs, 'schema' | 'fragmentDefinitions' | 'operation'>,
    parentType: GraphQLObjectType,
    { name, type }: GraphQLField<unknown, unknown>,
    fieldNodes: readonly FieldNode[],
  ) {
    this.schema = schema
    this.fragments = fragmentDefinitions
    this.operation = operation
    this.parentType = parentType
    this.fieldName = name
    this.returnType = type
    this.fieldNodes = fieldNodes
  }

  get path(): never {
    throw leftToGraphQL
  }

  get rootValue(): never {
    throw leftToGraphQL
  }

  get variableValues(): never {
    throw leftToGraphQL
  }

  getAbortSignal(): never {
    throw leftToGraphQL
  }

  getAsyncHelpers(): never {
    throw leftToGraphQL
  }
}
