import {
  type ASTVisitor,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql'
import { maxPageSize } from '../schema/share-request-connection.ts'
import { requestError } from './errors.ts'

/**
 * The limits of one document. `selections` counts those in the text, with each fragment once. `cost` is the largest number
 * of fields that the answer can have: a list counts by its page size, and a field whose extensions have a `cost` counts
 * by that.
 */
export const queryLimits = {
  tokens: 500,
  selections: 150,
  depth: 15,
  aliases: 20,
  directives: 20,
  cost: 10_000,
}

/** The assumed length of a list without a page size. */
const usualLength = 5

type Measure = Record<'depth' | 'aliases' | 'directives' | 'cost', number>
const nothing: Measure = { depth: 0, aliases: 0, directives: 0, cost: 0 }

const limitError = (what: string, max: number, found: string, nodes?: OperationDefinitionNode) =>
  requestError(
    'QUERY_TOO_COMPLEX',
    `The document is too complex: ${what} must be at most ${max} (got ${found}).`,
    { nodes },
  )

/** Throws a GraphQLError: a syntax error, or one with the code QUERY_TOO_COMPLEX. */
export function parseWithinLimits(source: string): DocumentNode {
  try {
    return parse(source, { maxTokens: queryLimits.tokens })
  } catch (error) {
    if (error instanceof GraphQLError && error.message.includes(`more than ${queryLimits.tokens} tokens`))
      throw limitError('tokens', queryLimits.tokens, 'more')
    throw error
  }
}

function selectionsRule(context: ValidationContext): ASTVisitor {
  let selections = 0
  return {
    SelectionSet(node) {
      selections += node.selections.length
    },
    Document: {
      leave() {
        if (selections > queryLimits.selections)
          context.reportError(limitError('selections', queryLimits.selections, String(selections)))
      },
    },
  }
}

function measuresRule(context: ValidationContext): ASTVisitor {
  const schema = context.getSchema()
  const measured = new Map<string, Measure>()

  return {
    OperationDefinition(operation) {
      const measure = measureOf(operation, schema.getRootType(operation.operation))
      for (const what of ['depth', 'aliases', 'directives', 'cost'] as const)
        if (measure[what] > queryLimits[what])
          context.reportError(limitError(what, queryLimits[what], String(measure[what]), operation))
    },
  }

  function measureOf(
    node: OperationDefinitionNode | FragmentDefinitionNode,
    type: GraphQLNamedType | null | undefined,
  ): Measure {
    const measure = measureSelections(node.selectionSet, type)
    return { ...measure, directives: measure.directives + (node.directives?.length ?? 0) }
  }

  function measureSelections(
    { selections }: SelectionSetNode,
    type: GraphQLNamedType | null | undefined,
  ): Measure {
    const sum = { ...nothing }
    for (const selection of selections) {
      const measure =
        selection.kind === Kind.FIELD
          ? measureField(selection, type)
          : selection.kind === Kind.FRAGMENT_SPREAD
            ? measureFragment(selection.name.value)
            : measureSelections(
                selection.selectionSet,
                selection.typeCondition ? schema.getType(selection.typeCondition.name.value) : type,
              )
      sum.depth = Math.max(sum.depth, measure.depth)
      sum.aliases += measure.aliases
      sum.directives += measure.directives + (selection.directives?.length ?? 0)
      sum.cost += measure.cost
    }
    return sum
  }

  function measureField(node: FieldNode, parent: GraphQLNamedType | null | undefined): Measure {
    const field = isCompositeType(parent) ? schema.getField(parent, node.name.value) : undefined
    const type = field && getNamedType(field.type)
    const below = node.selectionSet ? measureSelections(node.selectionSet, type) : nothing
    const own = typeof field?.extensions.cost === 'number' ? field.extensions.cost : 1
    return {
      depth: below.depth + 1,
      aliases: below.aliases + (node.alias === undefined ? 0 : 1),
      directives: below.directives,
      cost: own + below.cost * (field && isCompositeType(parent) ? lengthOf(node, field, parent) : 1),
    }
  }

  /** Visits each fragment once, however often it is spread. Another rule refuses one that spreads itself. */
  function measureFragment(name: string): Measure {
    const known = measured.get(name)
    if (known !== undefined) return known
    measured.set(name, nothing)
    const fragment = context.getFragment(name)
    if (!fragment) return nothing
    const measure = measureOf(fragment, schema.getType(fragment.typeCondition.name.value))
    measured.set(name, measure)
    return measure
  }
}

/** The number of objects that a field can return. For a connection that is its page size, which includes its edges. */
function lengthOf(
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  parent: GraphQLCompositeType,
): number {
  if (field.args.some(({ name }) => name === 'first')) {
    const first = node.arguments?.find(({ name }) => name.value === 'first')?.value
    return first?.kind === Kind.INT ? Math.max(1, Number(first.value)) : maxPageSize
  }
  const isEdges = isObjectType(parent) && 'pageInfo' in parent.getFields()
  return isListType(getNullableType(field.type)) && !isEdges ? usualLength : 1
}

/**
 * Refuse documents that are too complex before anything is executed, with the code QUERY_TOO_COMPLEX. They look only at the
 * document and not at variables, so the result can be kept with the document.
 */
export const queryLimitsRules = [selectionsRule, measuresRule]
