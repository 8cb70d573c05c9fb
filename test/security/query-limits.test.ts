import { getIntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { queryLimits } from '../../server/graphql/query-limits.ts'
import { maxSubscriptionBytes } from '../../server/graphql/request-limits.ts'
import { overHttp, streamingTransports, transports } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'

let open: Stage
let closed: Stage
beforeAll(async () => {
  open = await startStage()
  closed = await startStage({ config: { introspection: 'partners' } })
})
afterAll(async () => {
  await open[Symbol.asyncDispose]()
  await closed[Symbol.asyncDispose]()
})

const times = (count: number, piece: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => piece(i)).join(' ')

/** Levels of `history`, each with its share request: nested lists. */
const nested = (levels: number): string =>
  levels === 0 ? 'id' : `history { shareRequest { ${nested(levels - 1)} } }`
const linear = (levels: number): string =>
  levels === 0 ? 'id' : `status { shareRequest { ${linear(levels - 1)} } }`

/** For each limit: a document within it, one beyond it, and one that hides the excess in fragments. */
const documents: Record<keyof typeof queryLimits, { within: string; beyond: string; hidden?: string }> = {
  tokens: {
    within: `{ shareRequest(id: 1, clientSecret: "x") { policy { ${times(80, () => 'purpose(language: "en")')} name name name name } } }`,
    beyond: `{ shareRequest(id: 1, clientSecret: "x") { policy { ${times(80, () => 'purpose(language: "en")')} name name name name name } } }`,
  },
  selections: {
    within: `{ policies { ${times(queryLimits.selections - 1, () => 'name')} } }`,
    beyond: `{ policies { ${times(queryLimits.selections, () => 'name')} } }`,
    hidden: `{ policies { ...A } } fragment A on Policy { ${times(queryLimits.selections, () => 'name')} }`,
  },
  depth: {
    within: `{ shareRequest(id: 1, clientSecret: "x") { ${linear(6)} } }`,
    beyond: `{ shareRequest(id: 1, clientSecret: "x") { ${linear(8)} } }`,
    hidden: `{ shareRequest(id: 1, clientSecret: "x") { ...A } }
      fragment A on ShareRequest { ${linear(3).replace('id', '...B')} }
      fragment B on ShareRequest { ... on ShareRequest { ${linear(5)} } }`,
  },
  aliases: {
    within: `{ ${times(queryLimits.aliases, (index) => `a${index}: policies { name }`)} }`,
    beyond: `{ ${times(queryLimits.aliases + 1, (index) => `a${index}: policies { name }`)} }`,
    hidden: `{ a: policies { ...A } b: policies { ...A } c: policies { ...A } d: policies { ...A } }
      fragment A on Policy { ${times(5, (index) => `a${index}: name`)} }`,
  },
  directives: {
    within: `{ policies { ${times(queryLimits.directives, () => 'name @include(if: true)')} } }`,
    beyond: `{ policies { ${times(queryLimits.directives + 1, () => 'name @include(if: true)')} } }`,
    hidden: `{ policies { ...A ...A ...A } } fragment A on Policy { ${times(7, () => 'name @include(if: true)')} }`,
  },
  cost: {
    within: `{ shareRequest(id: 1, clientSecret: "x") { ${nested(4)} } }`,
    beyond: `{ shareRequest(id: 1, clientSecret: "x") { ${nested(6)} } }`,
    hidden: `{ shareRequest(id: 1, clientSecret: "x") { ...A } }
      fragment A on ShareRequest { history { shareRequest { ...B } } }
      fragment B on ShareRequest { ${nested(5)} }`,
  },
}

describe.each(Object.entries(transports))('over %s', (_, connect) => {
  const run = async (stage: Stage, query: string, variables?: Record<string, unknown>, key?: string) => {
    const client = connect(stage.gateway.url, key)
    const result = await client.run(query, variables)
    await client.dispose()
    return result
  }

  test.each(Object.entries(documents))(
    'accepts a document at the limit of %s, and refuses one beyond it',
    async (what, { within, beyond, hidden }) => {
      expect((await run(open, within)).errors).toBeUndefined()
      for (const document of hidden === undefined ? [beyond] : [beyond, hidden]) {
        const { data, errors } = await run(open, document)
        expect(data ?? null).toBeNull()
        expect(errors?.map(({ extensions }) => extensions?.code)).toContain('QUERY_TOO_COMPLEX')
        expect(errors?.map(({ message }) => message).join()).toContain(`${what} must be at most`)
      }
    },
  )

  test('counts a page whose size is a variable as the largest', async () => {
    const page = (selections: string) =>
      `query ($first: Int!) { shareRequests(first: $first) { edges { node { ${selections} } } } }`
    const key = await open.partnerKey()
    const facts = 'facts { fullName }'
    expect((await run(open, page(facts), { first: 1 }, key)).errors).toBeUndefined()
    const { errors } = await run(open, page(times(5, (index) => `a${index}: ${facts}`)), { first: 1 }, key)
    expect(errors?.[0]?.extensions?.code).toBe('QUERY_TOO_COMPLEX')
  })

  test('visits fragments that double at each level once each', async () => {
    const bomb = `{ shareRequest(id: 1, clientSecret: "x") { ...F0 } } ${times(30, (index) => `fragment F${index} on ShareRequest { a: status { shareRequest { ...F${index + 1} } } b: status { shareRequest { ...F${index + 1} } } }`)} fragment F30 on ShareRequest { id }`
    const { errors } = await run(open, bomb)
    expect(errors?.map(({ extensions }) => extensions?.code)).toContain('QUERY_TOO_COMPLEX')
  })

  test('refuses a fragment that spreads itself', async () => {
    const { errors } = await run(open, '{ policies { ...A } } fragment A on Policy { name ...A }')
    expect(errors?.[0]?.message).toContain('Cannot spread fragment "A" within itself')
  })

  test('allows introspection only for partners, unless it is on for everyone', async () => {
    const introspection = getIntrospectionQuery()
    expect((await run(open, introspection)).data.__schema.types.length).toBeGreaterThan(20)
    const key = await closed.partnerKey(['share-requests:read'])
    expect((await run(closed, introspection, {}, key)).data.__schema.types.length).toBeGreaterThan(20)
    for (const query of [
      introspection,
      '{ __type(name: "Query") { name } }',
      '{ ...A } fragment A on Query { hidden: __schema { queryType { name } } }',
    ]) {
      const codeFor = async (asker?: string) =>
        (await run(closed, query, {}, asker)).errors?.[0]?.extensions?.code
      expect(await codeFor()).toBe('UNAUTHENTICATED')
      expect(await codeFor(key)).toBeUndefined()
      // Again from the cache: the result for a partner must not apply to a stranger.
      expect(await codeFor()).toBe('UNAUTHENTICATED')
    }
    expect((await run(closed, '{ __typename policies { __typename } }')).errors).toBeUndefined()
  })

  test('suggests no names, unless introspection is on for everyone', async () => {
    const near: [string, Record<string, unknown>?][] = [
      ['{ polices { name } }'],
      ['{ policies { nam } }'],
      ['{ policy(nam: "x") { name } }'],
      ['query ($input: ShareRequestInpu!) { __typename }'],
      ['{ shareRequests(filter: { status: [PENDIN] }) { edges { cursor } } }'],
      [
        'query ($f: ShareRequestFilter) { shareRequests(filter: $f) { edges { cursor } } }',
        { f: { polic: 'x' } },
      ],
      [
        'query ($f: ShareRequestFilter) { shareRequests(filter: $f) { edges { cursor } } }',
        { f: { status: ['PENDIN'] } },
      ],
    ]
    for (const [query, variables] of near) {
      const messages = async (stage: Stage) =>
        ((await run(stage, query, variables)).errors ?? []).map(({ message }) => message).join('\n')
      expect(await messages(open)).toContain('Did you mean')
      expect(await messages(closed)).not.toContain('Did you mean')
      expect(await messages(closed)).not.toBe('')
    }
  })
})

test('answers a refused document with the HTTP status 400', async () => {
  for (const { beyond } of Object.values(documents)) {
    const response = await fetch(`${open.gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: beyond }),
    })
    expect(response.status).toBe(400)
  }
})

test('refuses batches of operations', async () => {
  const response = await fetch(`${open.gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ query: '{ __typename }' }, { query: '{ __typename }' }]),
  })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ errors: [{ message: 'Batching is not supported.' }] })
})

test('logs no refusal as an error', async () => {
  const { logs } = open
  await overHttp(open.gateway.url).run(documents.cost.beyond)
  expect(logs.filter((line) => line.includes('"level":"error"'))).toEqual([])
})

test.each(Object.entries(streamingTransports))(
  'over %s a subscription that would keep too much is refused',
  async (_, connect) => {
    const client = connect(open.gateway.url)
    const { id, clientSecret } = await create(client)
    const code = { extensions: { code: 'QUERY_TOO_COMPLEX' } }
    const padding = ' '.repeat(maxSubscriptionBytes - operations.follow.length)
    expect(await client.run(operations.follow + padding, { id, clientSecret })).toMatchObject({
      errors: [code],
    })
    expect(await client.run(operations.follow, { id, clientSecret, padding })).toMatchObject({
      errors: [code],
    })
    // For what clients add to the text and variables, and for escaped line breaks.
    const fits = padding.slice(700)
    const { data, errors } = await client.run(operations.follow + fits, { id, clientSecret })
    expect(errors).toBeUndefined()
    expect(data.shareRequestStatus.__typename).toBe('PendingStatus')
    await client.dispose()
  },
)
