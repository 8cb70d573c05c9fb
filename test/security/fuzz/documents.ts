import {
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { schema } from '../../../server/schema/index.ts'
import type { Choices } from './choices.ts'

/** A share request that the documents may select. */
export interface Known {
  id: string
  clientSecret: string
}

export interface Operation {
  query: string
  variables: Record<string, unknown>
  operationName?: unknown
}

const roots = ['Query', 'Query', 'Mutation', 'Subscription'] as const
const variableTypes = [
  'ID!',
  'ID',
  'String',
  'Int!',
  'CreateShareRequestInput!',
  'ShareRequestInput!',
  'Nonsense',
  '[ID]',
]

/** An operation that fits the schema. Most are valid, some have one error, some are damaged. */
export function operation(choices: Choices, known: readonly Known[]): Operation {
  const root = choices.pick(roots)
  const type = schema.getType(root) as GraphQLObjectType
  const parts = choices.chance(90)
    ? [rootFields(choices, type, known)]
    : [selections(choices, type, known, 4), ' { }']
  const variables: Record<string, unknown> = {}
  const definitions = choices.some(0, 2, () => {
    const name = choices.pick(['id', 'clientSecret', 'input', 'first', 'v'])
    variables[name] = choices.chance(50) ? variableOf(choices, known) : choices.json()
    return `$${name}: ${choices.pick(variableTypes)}${choices.chance(10) ? ' = 1' : ''}`
  })
  const name = choices.chance(30) ? ` ${choices.pick(['A', 'B', '__a'])}` : ''
  const head = `${root.toLowerCase()}${name}${definitions.length > 0 ? `(${definitions.join(', ')})` : ''}${directive(choices)}`
  const fragments = choices.chance(20) ? ` ${fragment(choices, known)}` : ''
  const query = `${head} ${parts.join(' ')}${fragments}`
  return {
    query: choices.chance(25) ? choices.damaged(query) : query,
    variables,
    ...(choices.chance(10) && { operationName: choices.pick(['A', 'B', '', 1, null, {}]) }),
  }
}

function variableOf(choices: Choices, known: readonly Known[]): unknown {
  const { id, clientSecret } = choices.pick(known)
  return choices.pick<unknown>([
    id,
    clientSecret,
    { id, clientSecret },
    { policy: 'kyc-basic' },
    { id, more: 1 },
    20,
  ])
}

const rootFields = (choices: Choices, type: GraphQLObjectType, known: readonly Known[]) =>
  selections(choices, type, known, 4)

function selections(
  choices: Choices,
  type: GraphQLNamedType,
  known: readonly Known[],
  depth: number,
): string {
  return `{ ${choices.some(1, 3, () => selection(choices, type, known, depth)).join(' ')} }`
}

function selection(choices: Choices, type: GraphQLNamedType, known: readonly Known[], depth: number): string {
  if (choices.chance(5))
    return choices.pick(['__typename', 'nothing', '__schema { queryType { name } }', '...F', '...G'])
  if (isAbstractType(type) && choices.chance(70)) {
    const possible = choices.pick(schema.getPossibleTypes(type))
    return `... on ${possible.name} ${selections(choices, possible, known, depth)}`
  }
  const fields = 'getFields' in type && !isInputObjectType(type) ? Object.values(type.getFields()) : []
  if (fields.length === 0) return '__typename'
  const field = choices.pick(fields)
  const alias = choices.chance(15) ? `${choices.pick(['a', 'b', 'id', '__c'])}: ` : ''
  const args = field.args.filter((arg) => isNonNullType(arg.type) || choices.chance(50))
  const given = choices.chance(95) ? args : []
  const list = given.map((arg) => argument(choices, arg, known))
  const inner = getNamedType(field.type)
  const below = isCompositeType(inner)
    ? depth > 0
      ? ` ${selections(choices, inner, known, depth - 1)}`
      : ' { __typename }'
    : ''
  return `${alias}${field.name}${list.length > 0 ? `(${list.join(', ')})` : ''}${directive(choices)}${below}`
}

const argument = (choices: Choices, { name, type }: GraphQLArgument, known: readonly Known[]) =>
  `${name}: ${choices.chance(10) ? `$${choices.pick(['id', 'input', 'v'])}` : literal(choices, type, name, known)}`

function literal(choices: Choices, type: GraphQLInputType, name: string, known: readonly Known[]): string {
  if (choices.chance(8))
    return choices.pick(['null', '1', '1.5', '"x"', '[]', '{}', 'RED', '"\\u0000"', '-1', '$x'])
  if (isNonNullType(type)) return literal(choices, type.ofType, name, known)
  if (isListType(type))
    return `[${choices.some(0, 3, () => literal(choices, type.ofType, name, known)).join(', ')}]`
  if (isEnumType(type)) return choices.pick(type.getValues()).name
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(
      (field) => isNonNullType(field.type) || choices.chance(60),
    )
    return `{ ${fields.map((field) => `${field.name}: ${literal(choices, field.type, field.name, known)}`).join(', ')} }`
  }
  const { id, clientSecret } = choices.pick(known)
  const fitting: Record<string, string[]> = {
    id: [id],
    clientSecret: [clientSecret],
    policy: ['kyc-basic', 'age-over-18', 'kyc-full', 'none'],
    idempotencyKey: ['6f1c9c1e-6d0e-4a53-9d0a-5c1f6f0b7a10', 'no uuid'],
    after: [Buffer.from(`1:${id}`).toString('base64url'), 'nonsense'],
  }
  if (type.name === 'Int') return String(choices.pick([0, 1, 20, 100, 101, -1, 2 ** 31]))
  return JSON.stringify(choices.pick(fitting[name] ?? ['x', '', 'y'.repeat(300)]))
}

const directive = (choices: Choices) =>
  choices.chance(6)
    ? choices.pick([
        ' @include(if: true)',
        ' @skip(if: $v)',
        ' @defer',
        ' @stream',
        ' @nothing',
        ' @deprecated',
        ' @skip',
        ' @oneOf',
      ])
    : ''

function fragment(choices: Choices, known: readonly Known[]): string {
  const type = choices.pick(Object.values(schema.getTypeMap()).filter((type) => isObjectType(type)))
  return `fragment ${choices.pick(['F', 'G'])} on ${type.name} ${selections(choices, type, known, 2)}`
}
