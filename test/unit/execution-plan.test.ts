import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import {
  execute,
  executeSubscriptionEvent,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  parse,
  validate,
  validateExecutionArgs,
  validateSubscriptionArgs,
} from 'graphql'
import { createSchema } from 'graphql-yoga'
import { expect, test } from 'vitest'
import { planOf } from '../../server/graphql/execution-plan.ts'

/** Whatever a resolver can do, each in a field of its own. */
const fields = `
  id: ID!
  label(upper: Boolean = false, times: Int): String
  late: String!
  list: [Node!]!
  names: [String]
  kind: Kind!
  nothing: String
  self: Node!
  lateSelf: A!
  either: Either
  lateList: [Either!]!
  throws: String
  rejects: String
  nullRefused: Int!
  nullItem: [Int!]
  lateNullItem: [Int!]
  wrongType: Int
  wrongList: [Int]
  error: String
  nobody: Node
  asksForItsPath: String!`
const schema = createSchema({
  typeDefs: `
    enum Kind { ONE TWO }
    interface Node { ${fields} }
    type A implements Node { ${fields} onlyA: Int! }
    type B implements Node { ${fields} onlyB(kind: Kind! = TWO): String! }
    union Either = A | B
    type Query { node(b: Boolean): Node a: A! b: B list: [Node!]! either: Either! }
    type Mutation { a: A }
    type Subscription { node: Node! }`,
  resolvers: {
    Query: {
      node: (_: unknown, { b }: { b?: boolean }) => made(b ? 'B' : 'A'),
      a: () => made('A'),
      b: async () => made('B'),
      list: () => [made('A'), made('B')],
      either: () => made('B'),
    },
    Subscription: { node: { resolve: (event: unknown) => event } },
    A: { ...resolversOf('A'), onlyA: () => 7 },
    B: { ...resolversOf('B'), onlyB: (_: unknown, { kind }: { kind: string }) => kind },
  },
})

function made(type: 'A' | 'B') {
  return { __typename: type, id: type, kind: 'ONE', nothing: null, names: ['x', null, 'y'] }
}

function resolversOf(type: 'A' | 'B') {
  const fails = async () => {
    throw new Error('late')
  }
  return {
    label: (_: unknown, { upper, times }: { upper: boolean; times?: number | null }) =>
      (upper ? 'L' : 'l').repeat(times ?? 1),
    late: async () => type,
    list: () => [made('B'), made('A')],
    self: () => made(type),
    lateSelf: async () => made('A'),
    either: () => made('B'),
    lateList: () => [Promise.resolve(made('A')), made('B')],
    throws: () => {
      throw new Error('at once')
    },
    rejects: fails,
    nullRefused: () => null,
    nullItem: () => [1, null],
    lateNullItem: async () => [1, Promise.resolve(null), fails()],
    wrongType: () => 'no number',
    wrongList: () => 'no list',
    error: () => new Error('returned'),
    nobody: () => ({ __typename: 'Nobody' }),
    asksForItsPath: (_: unknown, _args: unknown, _context: unknown, { path }: { path: { key: string } }) =>
      `${path.key}`,
  }
}

/** A random selection of `type`: fields, aliases, arguments, inline fragments and spreads. */
function selection(type: GraphQLOutputType, pick: (most: number) => number, depth: number): string {
  const named = getNamedType(type)
  if (!isCompositeType(named)) return ''
  const selected: string[] = []
  for (let count = 1 + pick(3); count > 0; count--) {
    const choice = pick(9)
    const concrete = isAbstractType(named) ? schema.getPossibleTypes(named) : [named]
    const inner = concrete[pick(concrete.length - 1)] as GraphQLObjectType
    if (choice === 0 || depth === 0) selected.push('__typename')
    else if (choice === 1) selected.push(`... on ${inner} ${selection(inner, pick, depth - 1)}`)
    else if (choice === 2 && !named.name.startsWith('Q')) selected.push(`...Of${inner}`)
    else if ('getFields' in named) selected.push(field(Object.values(named.getFields()), pick, depth))
    else selected.push(`... on ${inner} ${selection(inner, pick, depth)}`)
  }
  return `{ ${selected.join(' ')} }`
}

function field(
  all: { name: string; type: GraphQLOutputType }[],
  pick: (most: number) => number,
  depth: number,
): string {
  // Seldom one that fails: otherwise all do.
  const calm = all.filter(({ name }) => !/throws|reject|null|Null|wrong|error|nobody|asks/.test(name))
  const from = pick(24) === 0 ? all : calm
  const chosen = from[pick(from.length - 1)] as (typeof all)[number]
  const alias = ['', 'x: ', 'constructor: ', ''][pick(3)]
  const given = {
    label: ['', '(upper: true)', '(times: $times)'][pick(2)],
    onlyB: ['', '(kind: $kind)'][pick(1)],
  }
  const args = chosen.name in given ? given[chosen.name as keyof typeof given] : ''
  return `${alias}${chosen.name}${args} ${selection(chosen.type, pick, depth - 1)}`
}

test('gives what graphql-js gives, or leaves it to graphql-js', { timeout: 60_000 }, async () => {
  const outcomes = { planned: 0, left: 0 }
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (gen) => {
      const pick = (max: number) => gen(fc.nat, { max })
      const typeA = schema.getType('A') as GraphQLObjectType
      const typeB = schema.getType('B') as GraphQLObjectType
      const source = `query ($times: Int = 2, $kind: Kind! = ONE) ${selection(schema.getQueryType() as GraphQLObjectType, pick, 4)}
        fragment OfA on A ${selection(typeA, pick, 1).replaceAll(/\.\.\.Of\w/g, 'id')}
        fragment OfB on B ${selection(typeB, pick, 1).replaceAll(/\.\.\.Of\w/g, 'id')}`
      const document = parse(source)
      const faults = validate(schema, document).filter(({ message }) => !/never used/.test(message))
      fc.pre(faults.length === 0)
      const args = { schema, document, variableValues: pick(1) === 0 ? { times: 3, kind: 'TWO' } : {} }
      const expected = await execute(args)
      const validated = validateExecutionArgs(args)
      if (!('schema' in validated)) throw new Error('The arguments are valid.')
      const plan = planOf(validated)
      try {
        const data = await plan?.(undefined, validated)
        expect(expected.errors).toBeUndefined()
        expect(JSON.stringify(data)).toBe(JSON.stringify(expected.data))
        outcomes.planned++
      } catch (error) {
        if (error instanceof Error && error.name === 'AssertionError') throw error
        outcomes.left++
      }
      // Used again it gives the same.
      if (expected.errors === undefined && !source.includes('asksForItsPath'))
        expect(JSON.stringify(await plan?.(undefined, validated))).toBe(JSON.stringify(expected.data))
    }),
    { numRuns: 1_000, seed: 20_261_124 },
  )
  expect(outcomes.planned).toBeGreaterThan(300)
  expect(outcomes.left).toBeGreaterThan(50)
})

test('of a subscription gives an event of the root value', async () => {
  const document = parse('subscription { node { __typename id ... on A { onlyA } late } }')
  const args = validateSubscriptionArgs({ schema, document })
  if (!('schema' in args)) throw new Error('The arguments are valid.')
  const expected = await executeSubscriptionEvent({ ...args, rootValue: made('A') })
  expect({ data: await planOf(args)?.(made('A'), args) }).toEqual(expected)
})

test.each([
  ['a mutation', 'mutation { a { id } }'],
  ['a document with directives', '{ a { id @include(if: true) } }'],
  ['directives in a fragment', '{ a { ...F } } fragment F on A { id @skip(if: false) }'],
])('there is none of %s', (_, source) => {
  const args = validateExecutionArgs({ schema, document: parse(source) })
  expect('schema' in args && planOf(args)).toBe(null)
})

test('there is none where the execution can be cut off', () => {
  const abortSignal = new AbortController().signal
  const args = validateExecutionArgs({ schema, document: parse('{ a { id } }'), abortSignal })
  expect('schema' in args && planOf(args)).toBe(null)
})

test('it keeps nothing of the run that it was made at', async () => {
  const document = parse('query ($upper: Boolean) { a { label(upper: $upper) } list { id } }')
  async function runWith(variableValues: Record<string, unknown>) {
    const contextValue = { req: {} }
    const args = validateExecutionArgs({ schema, document, variableValues, contextValue })
    if (!('schema' in args)) throw new Error('The arguments are valid.')
    await planOf(args)?.(undefined, args)
    return [new WeakRef(args), new WeakRef(contextValue), new WeakRef(variableValues)]
  }
  const refs = await runWith({ upper: true })
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  await setImmediate()
  collectGarbage()
  expect(refs.map((ref) => ref.deref())).toEqual([undefined, undefined, undefined])
  expect(document.kind).toBe('Document')
})

test('an alias that would set the prototype is left to graphql-js', () => {
  const args = validateExecutionArgs({ schema, document: parse('{ a { __proto__: id } }') })
  if (!('schema' in args)) throw new Error('The arguments are valid.')
  expect(() => planOf(args)?.(undefined, args)).toThrow('left to graphql-js')
})
