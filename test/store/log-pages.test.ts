import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../../server/store/index.ts'
import { closedAfterTest, endsOf, minute, opening, pending, reservation, temporaryFolder } from './harness.ts'

/** Of the log: a page, and its header. */
const frameBytes = 4096 + 24

test('each write of a verification changes few tables and indexes, and so few pages of the log', async () => {
  const dataDir = await temporaryFolder()
  const store = closedAfterTest(await openSqliteStore({ dataDir }))
  const pagesOf = async <Result>(write: () => Promise<Result>): Promise<[number, Result]> => {
    const before = statSync(join(dataDir, 'gateway.db-wal')).size
    const result = await write()
    return [(statSync(join(dataDir, 'gateway.db-wal')).size - before) / frameBytes, result]
  }
  // One of each, so that no index is empty.
  const first = await pending(store)
  await store.update(first, endsOf(first, store.now())[0]!, null)
  await pending(store)

  const reserved = reservation()
  const [reserve] = await pagesOf(() => store.reserve(reserved))
  const [open, request] = await pagesOf(() => store.open(reserved.id, opening(store, store.now() + 5_000)))
  if (request.state !== 'PENDING') throw new Error(`It is ${request.state}.`)
  const [watch] = await pagesOf(() => store.watch([request.id], store.now() + minute, store.now() + 2_000))
  const [claim] = await pagesOf(() => store.claim(request.id, { leaseMs: minute, maxPerMinute: 1 }))
  const [end] = await pagesOf(() => store.update(request, endsOf(request, store.now())[0]!, null))
  // The row, its keys by id and by idempotency hash, the index by state.
  expect(reserve).toBe(4)
  // The row, the indexes by state, policy and code; work and its index; the log of changes, its index and counter.
  expect(open).toBe(9)
  // Work and its index.
  expect([watch, claim]).toEqual([2, 2])
  // The row, the indexes by state, policy, end, result, policy and result; work and the log of changes as above.
  expect(end).toBe(11)
})
