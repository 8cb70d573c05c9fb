import { type ExecutionResult, execute, parse } from 'graphql'
import { expect, test, vi } from 'vitest'
import { schema } from '../../server/schema/index.ts'
import type { Caller } from '../../server/share-requests/caller.ts'
import type { ShareRequest } from '../../server/share-requests/share-request.ts'
import { startDomain } from '../unit/domain.ts'
import { samplePending } from '../unit/samples.ts'

const approved: ShareRequest = {
  ...samplePending,
  ...{ state: 'APPROVED', version: 2, approvedAt: 1_100_000, outcome: { passed: true, checks: [] } },
}
const requests = Array.from({ length: 9 }, (_, index) => ({ ...approved, id: `request-${index}` }))
const caller: Caller = { kind: 'PARTNER', keyId: 'key', scopes: ['share-requests:read', 'facts:read'] }

test('fetches facts once per share request, at most four at a time, even if one fails', async () => {
  const { shareRequests } = await startDomain()
  vi.spyOn(shareRequests, 'list').mockResolvedValue(requests)
  const fetched: string[] = []
  let running = 0
  let maxRunning = 0
  vi.spyOn(shareRequests, 'facts').mockImplementation(async (_, { id }) => {
    fetched.push(id)
    maxRunning = Math.max(maxRunning, ++running)
    await new Promise((resolve) => setImmediate(resolve))
    running--
    if (id === 'request-2') throw new Error('Portmone is down.')
    return { fullName: `Name of ${id}`, provenAt: 1_100_000 }
  })
  const document = parse(
    '{ shareRequests { edges { node { facts { fullName } again: facts { fullName } } } } }',
  )
  const result = (await execute({
    ...{ schema, document },
    contextValue: { caller, shareRequests },
  })) as ExecutionResult<{ shareRequests: { edges: { node: object }[] } }>
  expect(fetched).toEqual(requests.map(({ id }) => id))
  expect(maxRunning).toBe(4)
  expect(result.errors?.map(({ path }) => path?.join('.')).sort()).toEqual([
    'shareRequests.edges.2.node.again',
    'shareRequests.edges.2.node.facts',
  ])
  expect(result.data?.shareRequests.edges[8]?.node).toEqual({
    facts: { fullName: 'Name of request-8' },
    again: { fullName: 'Name of request-8' },
  })
})
