import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { connect, key, prepareStage, stage } from '../support/callers.ts'
import { overHttp, type TestClient, transports } from '../support/clients.ts'
import { cancel, create, operations } from '../support/operations.ts'

prepareStage()

describe.each(Object.entries(transports))('a list over %s', (_, make) => {
  test('only a partner with share-requests:read lists share requests', async () => {
    const codeOf = async (client: TestClient) =>
      (await client.run(operations.list)).errors?.[0]?.extensions?.code
    expect(await codeOf(connect(make))).toBe('UNAUTHENTICATED')
    expect(await codeOf(connect(make, await stage.partnerKey(['facts:read'])))).toBe('FORBIDDEN')
    expect(await codeOf(connect(make, key))).toBeUndefined()
  })
})

test('a list is paged newest first and filtered', async () => {
  const partner = connect(overHttp, key)
  const reference = randomUUID()
  const ids: string[] = []
  for (let count = 0; count < 5; count++) ids.unshift((await create(partner, { reference })).id)
  const filter = { reference, policy: 'kyc-basic', status: ['PENDING'] }
  const pages: string[][] = []
  let after: string | null = null
  do {
    const { data } = await partner.run(operations.list, { first: 2, after, filter })
    pages.push(data.shareRequests.edges.map(({ node }: { node: { id: string } }) => node.id))
    const { pageInfo } = data.shareRequests
    expect(pageInfo.hasPreviousPage).toBe(after !== null)
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null
  } while (after !== null)
  expect(pages.flat()).toEqual(ids)
  expect(pages.map(({ length }) => length)).toEqual([2, 2, 1])
  const none = await partner.run(operations.list, { filter: { ...filter, status: ['APPROVED'] } })
  expect(none.data.shareRequests.edges).toEqual([])
})

test('a list counts what its filter matches, on all pages', async () => {
  const partner = connect(overHttp, key)
  const referencePrefix = randomUUID()
  const created = []
  for (const end of ['-1', '-2', '-3'])
    created.push(await create(partner, { reference: referencePrefix + end }))
  await cancel(partner, { id: created[0]!.id })
  const { data, errors } = await partner.run(
    `query ($filter: ShareRequestFilter) {
      shareRequests(first: 1, filter: $filter) {
        totalCount { value isExact }
        outcomes { pending { value } passed { value } cancelled { value isExact } }
        edges { node { createdByKey { id name } } }
      }
    }`,
    {
      filter: {
        referencePrefix,
        createdFrom: '2020-01-01T00:00:00+02:00',
        createdBefore: '2120-01-01T00:00:00Z',
      },
    },
  )
  expect(errors).toBeUndefined()
  expect(data.shareRequests).toMatchObject({
    totalCount: { value: 3, isExact: true },
    outcomes: { pending: { value: 2 }, passed: { value: 0 }, cancelled: { value: 1, isExact: true } },
    edges: [{ node: { createdByKey: { id: key.split('_')[1], name: expect.any(String) } } }],
  })
})

test.each([['yesterday'], ['2026-11-24'], [1_700_000_000_000]])(
  'a list refuses %o as a moment',
  async (createdFrom) => {
    const { errors } = await connect(overHttp, key).run(operations.list, { filter: { createdFrom } })
    expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT')
    expect(errors?.[0]?.message).toMatch(/RFC 3339/)
  },
)

test('a customer’s own share request names no key', async () => {
  const { id } = await create(connect(overHttp))
  const query = 'query ($id: ID!) { shareRequest(id: $id) { createdByKey { name } } }'
  const { data } = await connect(overHttp, key).run(query, { id })
  expect(data).toEqual({ shareRequest: { createdByKey: null } })
})

test.each([
  [{ first: 0 }, /first must be between 1 and 100/],
  [{ first: 101 }, /first must be between 1 and 100/],
  [{ after: 'nonsense' }, /after is not a valid cursor/],
])('a list with the arguments %o is refused with the allowed range or value', async (variables, message) => {
  const { errors } = await connect(overHttp, key).run(operations.list, variables)
  expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT')
  expect(errors?.[0]?.message).toMatch(message)
})
