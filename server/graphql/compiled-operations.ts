import { createRequire } from 'node:module'
import {
  type ExecutionResult,
  GraphQLError,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type Source,
  type SourceLocation,
  TypeInfo,
  type ValidatedExecutionArgs,
  ValidationContext,
} from 'graphql'
import type { CompiledQuery } from 'graphql-jit'

const require = createRequire(import.meta.url)

type Run = (
  rootValue: unknown,
  args: Pick<ValidatedExecutionArgs, 'contextValue' | 'variableValues'>,
) => ExecutionResult | Promise<ExecutionResult>

/**
 * Operations compiled by graphql-jit, each when it first runs.
 * @param texts of the documents to compile. Compiling generates code, so these must not come from strangers.
 */
export class CompiledOperations {
  readonly #texts: ReadonlySet<string>
  readonly #compiled = new WeakMap<OperationDefinitionNode, Run | null>()

  constructor(texts: ReadonlySet<string>) {
    this.#texts = texts
  }

  /** The function that runs the operation or one event of it; null if it must be interpreted. */
  get(args: ValidatedExecutionArgs): Run | null {
    let run = this.#compiled.get(args.operation)
    if (run === undefined) {
      run = this.#texts.has(args.document.loc?.source.body ?? '') ? compile(args) : null
      this.#compiled.set(args.operation, run)
    }
    return run
  }
}

function compile(args: ValidatedExecutionArgs): Run | null {
  if (isMutationInSteps(args.operation)) return null
  if (hasNullableVariableInNonNullPosition(args)) return null
  // Loaded here, and synchronously, so that it neither delays the start nor leaves the first operations uncompiled.
  const { compileQuery, isCompiledQuery }: typeof import('graphql-jit') = require('graphql-jit')
  const compiled = compileQuery(args.schema, args.document, args.operation.name?.value)
  return isCompiledQuery(compiled) ? runnerOf(compiled, args.document.loc?.source) : null
}

function runnerOf({ query }: CompiledQuery, source: Source | undefined): Run {
  return (rootValue, { contextValue, variableValues }) => {
    // Coerced by graphql-js: graphql-jit ignores the default of a non-null variable.
    const result = query(rootValue, contextValue, variableValues.coerced)
    return result instanceof Promise ? result.then(asGraphQLJsResult) : asGraphQLJsResult(result)
  }

  function asGraphQLJsResult(result: ExecutionResult): ExecutionResult {
    if (result.errors === undefined) return result
    return {
      errors: result.errors.map((error) => asGraphQLJsError(error, source)),
      data: result.data ?? null,
    }
  }
}

/** After a field that makes the whole data null, graphql-jit would continue with the next one. */
function isMutationInSteps({ operation, selectionSet }: OperationDefinitionNode): boolean {
  if (operation !== OperationTypeNode.MUTATION) return false
  const steps = selectionSet.selections.filter(
    (selection) => selection.kind !== Kind.FIELD || selection.name.value !== '__typename',
  )
  return steps.length > 1 || steps[0]?.kind !== Kind.FIELD
}

/** If such a variable is left out, its position's default applies. If it is null, that is an error. graphql-jit does neither. */
function hasNullableVariableInNonNullPosition({
  schema,
  document,
  operation,
}: ValidatedExecutionArgs): boolean {
  const nullable = new Set(
    operation.variableDefinitions
      ?.filter(({ type }) => type.kind !== Kind.NON_NULL_TYPE)
      .map(({ variable }) => variable.name.value),
  )
  const context = new ValidationContext(schema, document, new TypeInfo(schema), () => {})
  return context
    .getRecursiveVariableUsages(operation)
    .some(({ node, type }) => nullable.has(node.name.value) && isNonNullType(type))
}

/**
 * graphql-jit's errors lack a position in the source. Its own errors, such as null for a non-null field, also lack an
 * original error.
 */
function asGraphQLJsError(error: GraphQLError, source: Source | undefined): GraphQLError {
  const { message, path, locations, originalError = new Error(message) } = error
  const positions = source && locations?.map((location) => positionOf(location, source.body))
  return new GraphQLError(message, { source, positions, path, originalError })
}

function positionOf({ line, column }: SourceLocation, text: string): number {
  const lineBreak = [...text.matchAll(/\r\n|[\n\r]/g)][line - 2]
  return (lineBreak === undefined ? 0 : lineBreak.index + lineBreak[0].length) + column - 1
}
