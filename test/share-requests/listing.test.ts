import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { connect, key, prepareStage, stage } from '../support/callers.ts'
import { overHttp, type TestClient, transports } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'

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

test.each([
  [{ first: 0 }, /first must be between 1 and 100/],
  [{ first: 101 }, /first must be between 1 and 100/],
  [{ after: 'nonsense' }, /after is not a valid cursor/],
])('a list with the arguments %o is refused with the allowed range or value', async (variables, message) => {
  const { errors } = await connect(overHttp, key).run(operations.list, variables)
  expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT')
  expect(errors?.[0]?.message).toMatch(message)
})
