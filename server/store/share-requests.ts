import { type Kysely, sql, type Transaction } from 'kysely'
import type { ShareRequest } from '../share-requests/share-request.ts'
import type { Dialect, Entry, OpeningColumns, StateUpdate } from './backend.ts'
import { expireChanges } from './change-log.ts'
import { prepared } from './prepared.ts'
import { approvedAtOf, shareRequestOf, stateColumns } from './row-mapping.ts'
import type { ShareRequestRow, Tables } from './tables.ts'

export const openedColumns = ({ now, code, issuer_request_id, expires_at }: OpeningColumns) => ({
  ...{ state: 'PENDING' as const, version: 1, created_at: now, changed_at: now },
  ...{ code, issuer_request_id, expires_at, lease_until: 0, lease_holder: null },
})

/** A row as one column of JSON. For queries with writes in PostgreSQL; NamedStatements does it for the others. */
export const asJson = (table: 'share_requests' | 'changed') =>
  sql<ShareRequestRow>`row_to_json(${sql.ref(table)})`.as('row')

export const selectById = prepared((db, { id }: { id: string }) =>
  db.selectFrom('share_requests').selectAll().where('id', '=', id),
)

export const foundIn = (row: ShareRequestRow | undefined) =>
  row === undefined || row.state === 'RESERVED' ? null : shareRequestOf(row)

export const selectByIds = prepared((db, { entries }: { entries: readonly Entry[] }, { valuesTable }) =>
  db
    .selectFrom('share_requests')
    .innerJoin(valuesTable(entries).as('wanted'), 'wanted.id', 'share_requests.id')
    .selectAll('share_requests')
    .where('state', '<>', 'RESERVED'),
)

export async function findAll(
  db: Kysely<Tables>,
  dialect: Dialect,
  ids: readonly string[],
): Promise<ShareRequest[]> {
  const { rows } = await selectByIds(db, dialect, { entries: ids.map((id) => ({ id })) })
  return rows.map(shareRequestOf)
}

/** Writes the new state if the stored row is as expected. */
export const updateState = (db: Pick<Kysely<Tables>, 'updateTable'>, update: StateUpdate) =>
  db
    .updateTable('share_requests')
    .set({
      ...{ state: update.state, version: update.version, changed_at: update.changed_at },
      ...{ approved_at: update.approved_at, outcome: update.outcome, passed: update.passed },
      ...{ failure_reason: update.failure_reason, failure_retryable: update.failure_retryable },
    })
    .where('id', '=', update.id)
    .where('state', '=', sql<ShareRequest['state']>`${update.expectedState}`)
    .where('version', '=', update.expectedVersion)
    .where('approved_at', 'is not distinct from', update.expectedApprovedAt)

export const stateUpdate = (previous: ShareRequest, next: ShareRequest): StateUpdate => ({
  ...stateColumns(next),
  ...{ id: previous.id, expectedState: previous.state, expectedVersion: previous.version },
  expectedApprovedAt: approvedAtOf(previous),
})

const approveState = prepared((db, update: StateUpdate) => updateState(db, update))

const rescheduleWork = prepared((db, { id, next_work_at }: { id: string; next_work_at: number }) =>
  db.updateTable('work').set({ next_work_at }).where('id', '=', id),
)

/** Writes a state that is not terminal. @returns whether `previous` was still stored. */
export async function approve(
  trx: Transaction<Tables>,
  dialect: Dialect,
  update: StateUpdate,
  nextWorkAt: number,
): Promise<boolean> {
  const { numAffectedRows } = await approveState(trx, dialect, update)
  if (numAffectedRows !== 1n) return false
  await rescheduleWork(trx, dialect, { id: update.id, next_work_at: Math.ceil(nextWorkAt) })
  return true
}

/** @returns the version that was erased; null if the share request does not exist. */
export async function erase(trx: Transaction<Tables>, id: string): Promise<number | null> {
  const row = await trx
    .deleteFrom('share_requests')
    .where('id', '=', id)
    .where('state', '<>', 'RESERVED')
    .returning('version')
    .executeTakeFirst()
  await trx.deleteFrom('work').where('id', '=', id).execute()
  await trx.deleteFrom('changes').where('share_request_id', '=', id).execute()
  return row?.version ?? null
}

export async function deleteBefore(
  trx: Transaction<Tables>,
  dialect: Dialect,
  time: number,
  limit: number,
  now: number,
): Promise<number> {
  const old = trx
    .selectFrom('share_requests')
    .select('id')
    .where('changed_at', '<', time)
    .where('lease_until', '<=', now)
    .$if(dialect.rowLocks, (rows) => rows.forUpdate().skipLocked())
  // Each repeats the condition of an index in SQLite, which would not use the index otherwise, and follows its order.
  const ended = old
    .where('state', '<>', sql.lit('PENDING'))
    .where('state', '<>', sql.lit('RESERVED'))
    .orderBy('changed_at')
  const reserved = old
    .where('state', '=', 'RESERVED')
    .where('state', '<>', sql.lit('APPROVED'))
    .where('created_at', '<', time)
    .orderBy('created_at')
  const deleted: { id: string }[] = []
  for (const some of [ended, reserved]) {
    const rows = trx.deleteFrom('share_requests').where('id', 'in', some.limit(limit - deleted.length))
    deleted.push(...(await rows.returning('id').execute()))
  }
  const ids = deleted.map(({ id }) => id)
  if (ids.length > 0) await expireChanges(trx, dialect, ids)
  return ids.length
}

export async function fillInPassed(
  trx: Transaction<Tables>,
  dialect: Dialect,
  limit: number,
): Promise<number> {
  const incomplete = trx
    .selectFrom('share_requests')
    .select('id')
    .where('outcome', 'is not', null)
    .where('passed', 'is', null)
    .orderBy('id')
    .limit(limit)
    .$if(dialect.rowLocks, (rows) => rows.forUpdate().skipLocked())
  const { numUpdatedRows } = await trx
    .updateTable('share_requests')
    .set({ passed: sql`case when outcome like '{"passed":true%' then 1 else 0 end` })
    .where('id', 'in', incomplete)
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}
