import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { PendingShareRequest } from '../share-requests/share-request.ts'
import type { Claim, FinishedWork } from '../share-requests/store.ts'
import type { Dialect, Entry } from './backend.ts'
import { isOpen, retryAfterMs, windowFrom } from './limit-windows.ts'
import { prepared } from './prepared.ts'
import { pendingOf } from './row-mapping.ts'
import { asJson, selectById, selectByIds } from './share-requests.ts'
import type { ShareRequestRow, Tables } from './tables.ts'

/** Who claims, when, and until when. */
interface Lease {
  holder: string
  now: number
  leaseUntil: number
}

const leaseColumns = ({ holder, leaseUntil }: Lease) => ({
  ...{ hinted: 0 as const, lease_until: leaseUntil, lease_holder: holder },
})

type DueValues = Lease & { limit: number }

const leaseDue = prepared((db, values: DueValues) =>
  db
    .updateTable('work')
    .set(leaseColumns(values))
    .where('id', 'in', dueIds(db, values))
    .returning(['id', 'next_work_at']),
)

/** In one statement: `leaseDue`, and the share requests that it leases. */
const leaseAndReadDue = prepared((db, values: DueValues, { withoutFsync }) =>
  db
    .with('claimed', (db) =>
      db
        .updateTable('work')
        .set(leaseColumns(values))
        // An array, for which the planner expects few ids, so that it does not read the whole table.
        .where(sql<boolean>`id = any(array(${dueIds(db, values).forUpdate().skipLocked()}))`)
        .returning(['id', 'next_work_at']),
    )
    .selectFrom('claimed')
    .innerJoin('share_requests', 'share_requests.id', 'claimed.id')
    .select([asJson('share_requests'), withoutFsync!.as('settings')])
    .orderBy('claimed.next_work_at'),
)

const dueIds = (db: Pick<Kysely<Tables>, 'selectFrom'>, { now, limit }: DueValues) =>
  db
    .selectFrom('work')
    .select('id')
    .where('due_at', '<=', now)
    .orderBy('due_at')
    // A sum, because SQLite plans a statement anew whenever a parameter that is its limit is bound.
    .limit(sql<number>`${limit} + 0`)

export async function claimDue(
  db: Kysely<Tables>,
  dialect: Dialect,
  values: DueValues,
): Promise<PendingShareRequest[]> {
  if (dialect.writesInQueries) {
    const { rows } = await leaseAndReadDue(db, dialect, values)
    return rows.flatMap(({ row }) => pendingOf(row))
  }
  const { rows } = await leaseDue(db, dialect, values)
  return readClaimed(db, dialect, rows)
}

type OneValues = Lease & CheckWindow & { id: string; maxChecks: number }

/** Grants one check that a caller requested, and counts it. */
const leaseOne = prepared((db, values: OneValues) => updateOne(db, values).returning('id'))

/** In one statement: `leaseOne`, and the share request that it leases. */
const leaseAndReadOne = prepared((db, values: OneValues, { withoutFsync }) =>
  db
    .with('claimed', (db) => updateOne(db, values).returning('id'))
    .selectFrom('claimed')
    .innerJoin('share_requests', 'share_requests.id', 'claimed.id')
    .select([asJson('share_requests'), withoutFsync!.as('settings')]),
)

const updateOne = (db: Pick<Kysely<Tables>, 'updateTable'>, values: OneValues) =>
  db
    .updateTable('work')
    .set({ ...leaseColumns(values), ...countedCheck(values) })
    .where('id', '=', values.id)
    .where('lease_until', '<=', values.now)
    .where(sql<boolean>`(checks < ${values.maxChecks} or not ${windowIsOpen(values)})`)

interface CheckWindow {
  now: number
  end: number
  latestEnd: number
}

const countedCheck = (window: CheckWindow) => ({
  checks: sql<number>`case when ${windowIsOpen(window)} then checks + 1 else 1 end`,
  checks_until: sql<number>`case when ${windowIsOpen(window)} then checks_until else ${window.end} end`,
})

const windowIsOpen = ({ now, latestEnd }: CheckWindow) =>
  sql`(checks_until > ${now} and checks_until <= ${latestEnd})`

const selectChecks = prepared((db, { id }: { id: string }) =>
  db.selectFrom('work').select(['checks', 'checks_until']).where('id', '=', id),
)

/** Counts as a check too: it brings one about. */
const hintLeased = prepared((db, values: CheckWindow & { id: string }) =>
  db
    .updateTable('work')
    .set({ hinted: 1, next_work_at: earlier('work.next_work_at', values.now), ...countedCheck(values) })
    .where('id', '=', values.id),
)

export async function claimOne(
  db: Kysely<Tables>,
  dialect: Dialect,
  { id, maxPerMinute, ...lease }: Lease & { id: string; maxPerMinute: number },
): Promise<Claim> {
  const { now } = lease
  const window = windowFrom(now)
  const request = await leaseAndRead(db, dialect, { ...lease, ...window, id, maxChecks: maxPerMinute })
  if (request !== undefined) return { kind: 'claimed', request }
  const { rows } = await selectChecks(db, dialect, { id })
  const [row] = rows
  if (row === undefined) return { kind: 'none' }
  if (row.checks >= maxPerMinute && isOpen(row.checks_until, now))
    return { kind: 'limited', retryAfterMs: retryAfterMs(row.checks_until, now) }
  await hintLeased(db, dialect, { ...window, id })
  return { kind: 'leased' }
}

async function leaseAndRead(
  db: Kysely<Tables>,
  dialect: Dialect,
  values: OneValues,
): Promise<PendingShareRequest | undefined> {
  if (dialect.writesInQueries) {
    const { rows } = await leaseAndReadOne(db, dialect, values)
    return rows.flatMap(({ row }) => pendingOf(row))[0]
  }
  const leased = await leaseOne(db, dialect, values)
  if (leased.rows.length === 0) return undefined
  const { rows } = await selectById(db, dialect, values)
  return rows.flatMap(pendingOf)[0]
}

/** The share requests whose work was claimed, the longest due first. */
async function readClaimed(
  db: Kysely<Tables>,
  dialect: Dialect,
  claimed: readonly { id: string; next_work_at: number }[],
): Promise<PendingShareRequest[]> {
  if (claimed.length === 0) return []
  const { rows } = await selectByIds(db, dialect, { entries: claimed })
  const byId = new Map<string, ShareRequestRow>(rows.map((row) => [row.id, row]))
  return claimed
    .toSorted((a, b) => a.next_work_at - b.next_work_at)
    .flatMap(({ id }) => byId.get(id) ?? [])
    .flatMap(pendingOf)
}

const finishEntries = prepared(
  (db, values: { entries: readonly Entry[]; holder: string; now: number }, dialect) =>
    db
      .updateTable('work')
      .from(entriesToWrite(db, dialect, values.entries).as('entry'))
      .set({
        next_work_at: sql`case when work.hinted = 1 then work.next_work_at
        when work.watched_until > ${values.now} then entry.at_if_watched else entry.at end`,
        hinted: 0,
        lease_until: 0,
        lease_holder: null,
      })
      .whereRef('work.id', '=', 'entry.id')
      .where('work.lease_holder', '=', values.holder)
      .$if(dialect.withoutFsync !== null, (update) => update.returning(dialect.withoutFsync!.as('settings'))),
)

export async function finish(
  db: Kysely<Tables>,
  dialect: Dialect,
  finished: readonly FinishedWork[],
  { holder, now }: { holder: string; now: number },
): Promise<void> {
  const entries = finished.map(({ id, nextWorkAt, nextWorkAtIfWatched }) => ({
    ...{ id, at: Math.ceil(nextWorkAt), at_if_watched: Math.ceil(nextWorkAtIfWatched) },
  }))
  await finishEntries(db, dialect, { entries, holder, now })
}

const watchEntries = prepared(
  (db, { entries, until, dueBy }: { entries: readonly Entry[]; until: number; dueBy: number }, dialect) =>
    db
      .updateTable('work')
      .from(entriesToWrite(db, dialect, entries).as('entry'))
      .set({
        watched_until: later('work.watched_until', until),
        next_work_at: earlier('work.next_work_at', dueBy),
      })
      .whereRef('work.id', '=', 'entry.id')
      .$if(dialect.withoutFsync !== null, (update) => update.returning(dialect.withoutFsync!.as('settings'))),
)

export async function watch(
  db: Kysely<Tables>,
  dialect: Dialect,
  ids: readonly string[],
  until: number,
  dueBy: number,
): Promise<void> {
  const entries = ids.map((id) => ({ id }))
  await watchEntries(db, dialect, { entries, until: Math.ceil(until), dueBy: Math.ceil(dueBy) })
}

const selectNextDue = prepared((db, _: object) =>
  db.selectFrom('work').select((eb) => eb.fn.min('due_at').as('due_at')),
)

export async function nextWorkAt(db: Kysely<Tables>, dialect: Dialect): Promise<number | null> {
  const { rows } = await selectNextDue(db, dialect, {})
  return rows[0]?.due_at ?? null
}

/**
 * The entries that have work, to join an update with. Rows are locked in the order of IDs, so that two such updates
 * cannot deadlock.
 */
const entriesToWrite = (db: Kysely<Tables>, { rowLocks, valuesTable }: Dialect, entries: readonly Entry[]) =>
  db
    .selectFrom(valuesTable(entries).as('given'))
    .innerJoin('work', 'work.id', 'given.id')
    .select(['given.id', 'given.at', 'given.at_if_watched'])
    .$if(rowLocks, (rows) => rows.orderBy('work.id').forUpdate('work'))

const earlier = (column: 'work.next_work_at', time: number) => least(column, time, '>')
const later = (column: 'work.watched_until', time: number) => least(column, time, '<')
const least = (column: string, time: number, when: '<' | '>'): RawBuilder<number> =>
  sql`case when ${sql.ref(column)} ${sql.raw(when)} ${time} then ${time} else ${sql.ref(column)} end`
