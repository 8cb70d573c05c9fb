import { setImmediate } from 'node:timers/promises'
import type { CompiledQuery } from 'kysely'
import { expect, test, vi } from 'vitest'
import type { Store } from '../../server/share-requests/store.ts'
import { openDisk } from '../../server/store/disk.ts'
import { GroupCommit, type RunNow } from '../../server/store/group-commit.ts'
import { openSqliteStore } from '../../server/store/index.ts'
import {
  cancelled,
  closedAfterTest,
  minute,
  opening,
  pending,
  reservation,
  temporaryFolder,
} from './harness.ts'

/** A store that counts its transactions. */
async function countingStore() {
  let transactions = 0
  const onQuery = ({ sql }: CompiledQuery) => {
    if (sql.startsWith('begin')) transactions++
  }
  const store = closedAfterTest(await openSqliteStore({ dataDir: await temporaryFolder(), onQuery }))
  const transactionsOf = async <Result>(writes: Promise<Result>[]): Promise<[number, Result[]]> => {
    const before = transactions
    const results = await Promise.all(writes)
    return [transactions - before, results]
  }
  return { store, transactionsOf }
}

const five = <Result>(make: (index: number) => Result) => Array.from({ length: 5 }, (_, index) => make(index))

async function fivePending(store: Store) {
  return Promise.all(five(() => pending(store)))
}

test('the writes of one turn are one transaction, whatever they write', async () => {
  const { store, transactionsOf } = await countingStore()
  const reservations = five(() => reservation())
  const [reserved] = await transactionsOf(reservations.map((made) => store.reserve(made)))
  const [opened] = await transactionsOf(reservations.map(({ id }) => store.open(id, opening(store))))
  const requests = await fivePending(store)
  const lease = { leaseMs: minute, maxPerMinute: 1 }
  const [claimed] = await transactionsOf(requests.map(({ id }) => store.claim(id, lease)))
  const end = (request: (typeof requests)[number]) =>
    store.update(request, cancelled(request, store.now()), null)
  const [ended, results] = await transactionsOf(requests.map(end))
  expect(results).toEqual(five(() => true))
  expect([reserved, opened, claimed, ended]).toEqual([1, 1, 1, 1])

  const mixed = await fivePending(store)
  const [together] = await transactionsOf<unknown>([
    ...mixed.map(end),
    store.reserve(reservation()),
    store.watch([mixed[0]!.id], store.now(), store.now()),
  ])
  expect(together).toBe(1)
})

test('the reads of one turn are one query', async () => {
  const queries: string[] = []
  const onQuery = ({ sql }: CompiledQuery) => void queries.push(sql)
  const store = closedAfterTest(await openSqliteStore({ dataDir: await temporaryFolder(), onQuery }))
  const requests = await fivePending(store)
  const ids = [...requests.map(({ id }) => id), 'unknown', requests[0]!.id]
  queries.length = 0
  expect(await Promise.all(ids.map((id) => store.find(id)))).toEqual([...requests, null, requests[0]])
  expect(queries).toHaveLength(1)
})

test('the writes of two turns share a sync', async () => {
  let syncs = 0
  const disk = (file: string) => {
    const real = openDisk(file)
    const sync = (fd: number) => {
      syncs++
      return real.sync(fd)
    }
    return { ...real, sync }
  }
  const store = closedAfterTest(await openSqliteStore({ dataDir: await temporaryFolder(), disk }))
  const [first, second] = [await pending(store), await pending(store)]
  syncs = 0
  const end = (request: typeof first) => store.update(request, cancelled(request, store.now()), null)
  const ended = end(first)
  await setImmediate()
  await Promise.all([ended, end(second)])
  expect(syncs).toBe(1)
})

test('if the transaction cannot begin or be committed, each write fails, and none is repeated', async () => {
  for (const isCommit of [false, true]) {
    const works = five((index) => vi.fn(() => index))
    let transactions = 0
    const transact = <Result>(work: (run: RunNow) => Result): Result => {
      transactions++
      if (isCommit) work(() => ({ rows: [] }))
      throw new Error('locked')
    }
    const commits = new GroupCommit({
      gather: async () => {},
      transact,
      whenFree: async (commit) => commit(),
    })
    const committed = await Promise.allSettled(works.map((work) => commits.add(work)))
    expect(committed.map(({ status }) => status)).toEqual(five(() => 'rejected'))
    expect(transactions).toBe(1)
    for (const work of works) expect(work).toHaveBeenCalledTimes(isCommit ? 1 : 0)
  }
})
