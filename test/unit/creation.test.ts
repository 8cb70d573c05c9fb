import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { Creation } from '../../server/share-requests/creation.ts'
import { UpstreamUnavailable } from '../../server/share-requests/errors.ts'
import { openSqliteStore } from '../../server/store/index.ts'
import { closedAfterTest, temporaryFolder } from '../store/harness.ts'
import { samplePolicy } from './samples.ts'

test('refuses a code that Portmone issued before, and reports it to the operator', async () => {
  const store = closedAfterTest(await openSqliteStore({ dataDir: await temporaryFolder() }))
  const failures: unknown[] = []
  const creation = new Creation({
    store,
    identityService: {
      createRequest: async () => ({ code: 'the same code', issuerRequestId: null }),
      statusOf: () => Promise.reject(new Error('not asked')),
      factsOf: () => Promise.reject(new Error('not asked')),
    },
    monitor: { created() {}, issuerFailed() {}, failed: (what, error) => void failures.push([what, error]) },
    watcher: { scheduleFirstCheck: () => store.now() },
    budget: { turn: async () => {} },
    publicHost: null,
    leaseMs: 60_000,
  })
  const create = () =>
    creation.create({
      input: { policy: samplePolicy.name, idempotencyKey: randomUUID(), reference: null },
      ...{ policy: samplePolicy, createdBy: 'CUSTOMER', callerId: '', limits: [] },
    })
  await create()
  const refused = await create().catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(UpstreamUnavailable)
  expect(refused).toMatchObject({
    retryable: false,
    message: expect.stringContaining('another share request'),
  })
  expect(failures).toEqual([['creating a share request', expect.objectContaining({ name: 'DuplicateCode' })]])
  expect(await store.countPending([samplePolicy.name])).toEqual(new Map([[samplePolicy.name, 1]]))
})
