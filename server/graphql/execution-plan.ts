import {
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getArgumentValues,
  getNullableType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
  type ValidatedExecutionArgs,
} from 'graphql'
import { leftToGraphQL, PlannedInfo } from './planned-info.ts'

/** The value of something selected, or a promise of it. Throws or rejects where graphql-js is to execute it. */
type Plan<Value = unknown> = (source: unknown, run: ValidatedExecutionArgs) => Value

type Fields = Record<string, unknown>
type FieldsPlan = Plan<Fields | Promise<Fields>>

const plans = new WeakMap<OperationDefinitionNode, FieldsPlan | null>()

/**
 * An operation taken apart once, so that to execute it is to call one function after the other: graphql-js looks up
 * fields, merges fragments and keeps a path anew each time. A plan does what goes well and nothing else. Whatever
 * fails in it, be it an error of a resolver, is left to graphql-js, which executes the operation from the beginning and
 * makes the errors; so a plan has no rules of its own for them, and there are plans only for what may be done twice.
 *
 * @returns the `data` of a query or of one event of a subscription, of the root value `source`; null where there is no
 * plan: for a mutation, a document with directives, and an execution that can be cut off or watched.
 */
export function planOf(run: ValidatedExecutionArgs): FieldsPlan | null {
  const { operation, document, externalAbortSignal, hooks } = run
  if (externalAbortSignal !== undefined || hooks !== undefined) return null
  const known = plans.get(operation)
  if (known !== undefined) return known
  const isPlannable = operation.operation !== OperationTypeNode.MUTATION && !hasDirectives(document)
  const plan = isPlannable ? new Planner(run).operation() : null
  plans.set(operation, plan)
  return plan
}

function hasDirectives(node: object): boolean {
  if ('directives' in node && Array.isArray(node.directives) && node.directives.length > 0) return true
  return Object.entries(node).some(([key, value]) =>
    key === 'loc' || typeof value !== 'object' || value === null ? false : hasDirectives(value),
  )
}

/** What an operation is whoever runs it: a plan must keep nothing of the run that it was made at. */
type Planned = Pick<ValidatedExecutionArgs, 'schema' | 'operation' | 'fragmentDefinitions' | 'fieldResolver'>

class Planner {
  readonly #planned: Planned

  constructor(run: ValidatedExecutionArgs) {
    const { schema, operation, fragmentDefinitions, fieldResolver } = run
    this.#planned = { schema, operation, fragmentDefinitions, fieldResolver }
  }

  operation(): FieldsPlan {
    const { schema, operation } = this.#planned
    const type = schema.getRootType(operation.operation)
    if (type == null) throw leftToGraphQL
    return this.#object(type, [operation.selectionSet])
  }

  /** Made when it is first needed: most types that a selection allows for never come. */
  #object(type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[]): FieldsPlan {
    let plan: FieldsPlan | undefined
    return (source, run) => {
      plan ??= this.#fields(type, selectionSets)
      return plan(source, run)
    }
  }

  #fields(type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[]): FieldsPlan {
    if (type.isTypeOf) throw leftToGraphQL
    const nodes = new Map<string, FieldNode[]>()
    const visited = new Set<string>()
    for (const selectionSet of selectionSets) this.#collect(type, selectionSet, nodes, visited)
    // As a key of an object that is no name, but sets the prototype.
    if (nodes.has('__proto__')) throw leftToGraphQL
    const fields = [...nodes].map(([name, nodes]) => ({ name, plan: this.#field(type, nodes) }))
    return (source, run) => {
      const result: Fields = {}
      let pending: string[] | undefined
      try {
        for (const { name, plan } of fields) {
          const value = plan(source, run)
          result[name] = value
          if (value instanceof Promise) pending = [...(pending ?? []), name]
        }
      } catch (error) {
        abandon(Object.values(result))
        throw error
      }
      return pending === undefined ? result : settled(result, pending)
    }
  }

  /** The fields of `type` that are selected, each under its response name, in the order of the specification. */
  #collect(
    type: GraphQLObjectType,
    { selections }: SelectionSetNode,
    nodes: Map<string, FieldNode[]>,
    visited: Set<string>,
  ): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value
        nodes.set(name, [...(nodes.get(name) ?? []), selection])
        continue
      }
      const isSpread = selection.kind === Kind.FRAGMENT_SPREAD
      if (isSpread && visited.has(selection.name.value)) continue
      const fragment = isSpread ? this.#planned.fragmentDefinitions[selection.name.value] : selection
      if (fragment === undefined) throw leftToGraphQL
      const condition = fragment.typeCondition?.name.value
      if (condition !== undefined && !this.#matches(type, condition)) continue
      if (isSpread) visited.add(selection.name.value)
      this.#collect(type, fragment.selectionSet, nodes, visited)
    }
  }

  #matches(type: GraphQLObjectType, condition: string): boolean {
    const { schema } = this.#planned
    const conditional = schema.getType(condition)
    return conditional === type || (isAbstractType(conditional) && schema.isSubType(conditional, type))
  }

  #field(parent: GraphQLObjectType, nodes: readonly FieldNode[]): Plan {
    const [node] = nodes
    const definition = node && this.#planned.schema.getField(parent, node.name.value)
    if (node === undefined || definition == null) throw leftToGraphQL
    if (definition.name === '__typename') return () => parent.name
    const resolve = definition.resolve ?? this.#planned.fieldResolver
    const info = new PlannedInfo(this.#planned, parent, definition, nodes)
    const complete = this.#value(definition.type, nodes, info)
    const hasArguments = definition.args.length > 0
    return (source, run) => {
      const given = hasArguments ? getArgumentValues(definition, node, run.variableValues) : noArguments
      const value = resolve(source, given, run.contextValue, info)
      return completed(complete, value, run)
    }
  }

  #value(type: GraphQLOutputType, nodes: readonly FieldNode[], info: PlannedInfo): Plan {
    const isNullable = !isNonNullType(type)
    const bare = getNullableType(type)
    const complete = isListType(bare)
      ? this.#list(this.#value(bare.ofType, nodes, info))
      : isLeafType(bare)
        ? leaf(bare)
        : isAbstractType(bare)
          ? this.#abstract(bare, nodes, info)
          : this.#object(bare, selectionsOf(nodes))
    return (value, run) => {
      if (value instanceof Error) throw leftToGraphQL
      if (value != null) return complete(value, run)
      if (!isNullable) throw leftToGraphQL
      return null
    }
  }

  #list(complete: Plan): Plan {
    return (list, run) => {
      if (!Array.isArray(list)) throw leftToGraphQL
      const items: unknown[] = []
      try {
        for (const item of list) items.push(completed(complete, item, run))
      } catch (error) {
        abandon(items)
        throw error
      }
      return items.some((item) => item instanceof Promise) ? Promise.all(items) : items
    }
  }

  #abstract(type: GraphQLAbstractType, nodes: readonly FieldNode[], info: PlannedInfo): Plan {
    const plans = new Map<string, Plan>()
    return (value, run) => {
      const name = (type.resolveType ?? run.typeResolver)(value, run.contextValue, info, type)
      if (typeof name !== 'string') throw leftToGraphQL
      const plan = plans.get(name) ?? this.#concrete(type, name, nodes)
      plans.set(name, plan)
      return plan(value, run)
    }
  }

  #concrete(type: GraphQLAbstractType, name: string, nodes: readonly FieldNode[]): Plan {
    const concrete = this.#planned.schema.getType(name)
    if (!isObjectType(concrete) || !this.#planned.schema.isSubType(type, concrete)) throw leftToGraphQL
    return this.#object(concrete, selectionsOf(nodes))
  }
}

const leaf =
  (type: GraphQLLeafType): Plan =>
  (value) => {
    const output = type.coerceOutputValue(value)
    if (output == null) throw leftToGraphQL
    return output
  }

const selectionsOf = (nodes: readonly FieldNode[]) =>
  nodes.flatMap(({ selectionSet }) => (selectionSet === undefined ? [] : [selectionSet]))

const completed = (complete: Plan, value: unknown, run: ValidatedExecutionArgs) =>
  typeof value === 'object' && value !== null && 'then' in value
    ? Promise.resolve(value).then((value) => complete(value, run))
    : complete(value, run)

async function settled(fields: Fields, pending: readonly string[]): Promise<Fields> {
  await Promise.all(
    pending.map(async (name) => {
      fields[name] = await fields[name]
    }),
  )
  return fields
}

/** Nobody waits for these any more: that they fail must not count as a failure that nobody took care of. */
function abandon(values: readonly unknown[]): void {
  for (const value of values) if (value instanceof Promise) value.catch(() => {})
}

const noArguments = Object.freeze({})
