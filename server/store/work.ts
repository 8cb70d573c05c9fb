import { type Kysely, sql, type Transaction } from 'kysely'
import type { PendingShareRequest } from '../share-requests/share-request.ts'
import type { Schedule } from '../share-requests/store.ts'
import type { Dialect, WorkTime } from './backend.ts'
import { pendingOf } from './row-mapping.ts'
import type { ShareRequestRow, Tables } from './tables.ts'

/** Who claims, when, for how many milliseconds, and how it is told when the work is due again. */
interface Claim {
  holder: string
  now: number
  lease: number
  next: Schedule
}

export async function claimDue(
  trx: Transaction<Tables>,
  dialect: Dialect,
  limit: number,
  claim: Claim,
): Promise<PendingShareRequest[]> {
  const due = await withWork(trx)
    .where('work.due_at', '<=', claim.now)
    .orderBy('work.due_at')
    .limit(limit)
    .$if(dialect.rowLocks, (rows) => rows.forUpdate('work').skipLocked())
    .execute()
  return lease(trx, dialect, due, claim)
}

export async function claimOne(
  trx: Transaction<Tables>,
  dialect: Dialect,
  id: string,
  claim: Claim,
): Promise<PendingShareRequest | null> {
  const row = await withWork(trx)
    .select('work.lease_until as work_lease_until')
    .where('work.id', '=', id)
    .$if(dialect.rowLocks, (rows) => rows.forUpdate('work'))
    .executeTakeFirst()
  if (row === undefined) return null
  if (row.work_lease_until > claim.now) {
    await trx
      .updateTable('work')
      .set({ hinted: 1, next_work_at: earlier('work.next_work_at', claim.now) })
      .where('id', '=', id)
      .execute()
    return null
  }
  const [request] = await lease(trx, dialect, [row], claim)
  return request ?? null
}

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
  await db
    .updateTable('work')
    .from(entriesToWrite(db, dialect, entries).as('entry'))
    .set({
      next_work_at: sql`case when work.hinted = 1 or entry.at is null then work.next_work_at else entry.at end`,
      hinted: 0,
      lease_until: 0,
      lease_holder: null,
    })
    .whereRef('work.id', '=', 'entry.id')
    .where('work.lease_holder', '=', holder)
    .execute()
}

export async function watch(
  db: Kysely<Tables>,
  dialect: Dialect,
  ids: readonly string[],
  until: number,
  dueBy: number,
): Promise<void> {
  const entries = ids.map((id) => ({ id, at: null }))
  await db
    .updateTable('work')
    .from(entriesToWrite(db, dialect, entries).as('entry'))
    .set({
      watched_until: later('work.watched_until', Math.ceil(until)),
      next_work_at: earlier('work.next_work_at', Math.ceil(dueBy)),
    })
    .whereRef('work.id', '=', 'entry.id')
    .execute()
}

export async function nextWorkAt(db: Kysely<Tables>): Promise<number | null> {
  const row = await db
    .selectFrom('work')
    .select((eb) => eb.fn.min('due_at').as('due_at'))
    .executeTakeFirst()
  return row?.due_at ?? null
}

const withWork = (trx: Transaction<Tables>) =>
  trx
    .selectFrom('work')
    .innerJoin('share_requests', 'share_requests.id', 'work.id')
    .selectAll('share_requests')
    .select('work.watched_until')

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
  await trx
    .updateTable('work')
    .from(entriesToWrite(trx, dialect, entries).as('entry'))
    .set((eb) => ({
      next_work_at: eb.ref('entry.at').$notNull(),
      hinted: 0,
      lease_until: now + lease,
      lease_holder: holder,
    }))
    .whereRef('work.id', '=', 'entry.id')
    .execute()
  return requests
}

/**
 * Those of the entries that there is work for, to join an update with. The work is locked in the order of ids: of two
 * such updates one waits for the other, and never both.
 */
const entriesToWrite = (db: Kysely<Tables>, { rowLocks, valuesTable }: Dialect, given: readonly WorkTime[]) =>
  db
    .selectFrom(valuesTable(given).as('given'))
    .innerJoin('work', 'work.id', 'given.id')
    .select(['given.id', 'given.at'])
    .$if(rowLocks, (rows) => rows.orderBy('work.id').forUpdate('work'))

const earlier = (column: 'work.next_work_at', time: number) =>
  sql<number>`case when ${sql.ref(column)} > ${time} then ${time} else ${sql.ref(column)} end`
const later = (column: 'work.watched_until', time: number) =>
  sql<number>`case when ${sql.ref(column)} < ${time} then ${time} else ${sql.ref(column)} end`
