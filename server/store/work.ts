import { type Kysely, sql, type Transaction } from 'kysely'
import type { PendingShareRequest } from '../share-requests/share-request.ts'
import type { Schedule } from '../share-requests/store.ts'
import type { Dialect, WorkTime } from './backend.ts'
import { prepared } from './prepared.ts'
import { pendingOf } from './row-mapping.ts'
import type { ShareRequestRow, Tables } from './tables.ts'

/** The holder of a claim, its time and length in milliseconds, and when the work is due again. */
interface Claim {
  holder: string
  now: number
  lease: number
  next: Schedule
}

const selectDue = prepared((db, { now, limit }: { now: number; limit: number }, { rowLocks }) =>
  withWork(db)
    .where('work.due_at', '<=', now)
    .orderBy('work.due_at')
    .limit(limit)
    .$if(rowLocks, (rows) => rows.forUpdate('work').skipLocked()),
)

export async function claimDue(
  trx: Transaction<Tables>,
  dialect: Dialect,
  limit: number,
  claim: Claim,
): Promise<PendingShareRequest[]> {
  const { rows } = await selectDue(trx, dialect, { now: claim.now, limit })
  return lease(trx, dialect, rows, claim)
}

const selectOne = prepared((db, { id }: { id: string }, { rowLocks }) =>
  withWork(db)
    .select('work.lease_until as work_lease_until')
    .where('work.id', '=', id)
    .$if(rowLocks, (rows) => rows.forUpdate('work')),
)

const hintLeased = prepared((db, { id, now }: { id: string; now: number }) =>
  db
    .updateTable('work')
    .set({ hinted: 1, next_work_at: earlier('work.next_work_at', now) })
    .where('id', '=', id),
)

export async function claimOne(
  trx: Transaction<Tables>,
  dialect: Dialect,
  id: string,
  claim: Claim,
): Promise<PendingShareRequest | null> {
  const { rows } = await selectOne(trx, dialect, { id })
  const [row] = rows
  if (row === undefined) return null
  if (row.work_lease_until > claim.now) {
    await hintLeased(trx, dialect, { id, now: claim.now })
    return null
  }
  const [request] = await lease(trx, dialect, [row], claim)
  return request ?? null
}

const finishEntries = prepared(
  (db, { entries, holder }: { entries: readonly WorkTime[]; holder: string }, dialect) =>
    db
      .updateTable('work')
      .from(entriesToWrite(db, dialect, entries).as('entry'))
      .set({
        next_work_at: sql`case when work.hinted = 1 or entry.at is null then work.next_work_at else entry.at end`,
        hinted: 0,
        lease_until: 0,
        lease_holder: null,
      })
      .whereRef('work.id', '=', 'entry.id')
      .where('work.lease_holder', '=', holder),
)

export async function finish(
  db: Kysely<Tables>,
  dialect: Dialect,
  finished: readonly { id: string; nextWorkAt?: number }[],
  holder: string,
): Promise<void> {
  const entries = finished.map(({ id, nextWorkAt }) => ({
    id,
    at: nextWorkAt === undefined ? null : Math.ceil(nextWorkAt),
  }))
  await finishEntries(db, dialect, { entries, holder })
}

const watchEntries = prepared(
  (db, { entries, until, dueBy }: { entries: readonly WorkTime[]; until: number; dueBy: number }, dialect) =>
    db
      .updateTable('work')
      .from(entriesToWrite(db, dialect, entries).as('entry'))
      .set({
        watched_until: later('work.watched_until', until),
        next_work_at: earlier('work.next_work_at', dueBy),
      })
      .whereRef('work.id', '=', 'entry.id'),
)

export async function watch(
  db: Kysely<Tables>,
  dialect: Dialect,
  ids: readonly string[],
  until: number,
  dueBy: number,
): Promise<void> {
  const entries = ids.map((id) => ({ id, at: null }))
  await watchEntries(db, dialect, { entries, until: Math.ceil(until), dueBy: Math.ceil(dueBy) })
}

const selectNextDue = prepared((db, _: object) =>
  db.selectFrom('work').select((eb) => eb.fn.min('due_at').as('due_at')),
)

export async function nextWorkAt(db: Kysely<Tables>, dialect: Dialect): Promise<number | null> {
  const { rows } = await selectNextDue(db, dialect, {})
  return rows[0]?.due_at ?? null
}

const withWork = (db: Kysely<Tables>) =>
  db
    .selectFrom('work')
    .innerJoin('share_requests', 'share_requests.id', 'work.id')
    .selectAll('share_requests')
    .select('work.watched_until')

const leaseEntries = prepared(
  (db, values: { entries: readonly WorkTime[]; lease_until: number; holder: string }, dialect) =>
    db
      .updateTable('work')
      .from(entriesToWrite(db, dialect, values.entries).as('entry'))
      .set((eb) => ({
        next_work_at: eb.ref('entry.at').$notNull(),
        hinted: 0,
        lease_until: values.lease_until,
        lease_holder: values.holder,
      }))
      .whereRef('work.id', '=', 'entry.id'),
)

async function lease(
  trx: Transaction<Tables>,
  dialect: Dialect,
  rows: readonly (ShareRequestRow & { watched_until: number })[],
  { holder, now, lease, next }: Claim,
): Promise<PendingShareRequest[]> {
  if (rows.length === 0) return []
  const requests = rows.map(pendingOf)
  const entries = rows.map(({ watched_until }, index) => {
    const request = requests[index]!
    return { id: request.id, at: Math.ceil(next(request, watched_until > now)) }
  })
  await leaseEntries(trx, dialect, { entries, lease_until: now + lease, holder })
  return requests
}

/**
 * The entries that have work, to join an update with. Rows are locked in the order of IDs, so that two such updates
 * cannot deadlock.
 */
const entriesToWrite = (
  db: Kysely<Tables>,
  { rowLocks, valuesTable }: Dialect,
  entries: readonly WorkTime[],
) =>
  db
    .selectFrom(valuesTable(entries).as('given'))
    .innerJoin('work', 'work.id', 'given.id')
    .select(['given.id', 'given.at'])
    .$if(rowLocks, (rows) => rows.orderBy('work.id').forUpdate('work'))

const earlier = (column: 'work.next_work_at', time: number) =>
  sql<number>`case when ${sql.ref(column)} > ${time} then ${time} else ${sql.ref(column)} end`
const later = (column: 'work.watched_until', time: number) =>
  sql<number>`case when ${sql.ref(column)} < ${time} then ${time} else ${sql.ref(column)} end`
