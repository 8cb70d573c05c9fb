import { type Kysely, sql, type Transaction } from 'kysely'
import type { ShareRequest } from '../share-requests/share-request.ts'
import type { Reservation, Reserved } from '../share-requests/store.ts'
import type { Dialect, Entry, OpeningColumns, StateUpdate } from './backend.ts'
import { expireChanges } from './change-log.ts'
import { prepared } from './prepared.ts'
import { approvedAtOf, createdColumns, shareRequestOf, stateColumns } from './row-mapping.ts'
import type { Tables } from './tables.ts'

/** Who writes, and when. */
interface Writer {
  holder: string
  now: number
}

const insertReservation = prepared((db, row: ReservationColumns, { withoutFsync }) =>
  db
    .insertInto('share_requests')
    .values({
      ...{ id: row.id, idempotency_hash: row.idempotency_hash, input_hash: row.input_hash },
      ...{ policy_name: row.policy_name, policy: row.policy },
      ...{ reference: row.reference, created_by: row.created_by, created_by_key: row.created_by_key },
      ...{ state: 'RESERVED', version: 0 },
      ...{ created_at: row.now, changed_at: row.now },
      ...{ lease_until: row.lease_until, lease_holder: row.holder },
    })
    .onConflict((conflict) =>
      conflict
        .column('idempotency_hash')
        .doUpdateSet((eb) => ({
          policy_name: eb.ref('excluded.policy_name'),
          policy: eb.ref('excluded.policy'),
          changed_at: eb.ref('excluded.changed_at'),
          lease_until: eb.ref('excluded.lease_until'),
          lease_holder: eb.ref('excluded.lease_holder'),
        }))
        .where('share_requests.state', '=', 'RESERVED')
        .where('share_requests.lease_until', '<=', row.now)
        .whereRef('share_requests.input_hash', '=', 'excluded.input_hash'),
    )
    .returning('id')
    .$if(withoutFsync !== null, (insert) => insert.returning(withoutFsync!.as('settings'))),
)

const selectByKey = prepared((db, { idempotencyHash }: { idempotencyHash: string }) =>
  db.selectFrom('share_requests').selectAll().where('idempotency_hash', '=', idempotencyHash),
)

interface ReservationColumns extends Writer, ReturnType<typeof createdColumns> {
  idempotency_hash: string
  input_hash: string
  lease_until: number
}

export async function reserve(
  db: Kysely<Tables>,
  dialect: Dialect,
  reservation: Reservation,
  writer: Writer,
): Promise<Reserved> {
  const { idempotencyHash, inputHash, leaseMs } = reservation
  const inserted = await insertReservation(db, dialect, {
    ...createdColumns(reservation),
    ...writer,
    ...{ idempotency_hash: idempotencyHash, input_hash: inputHash, lease_until: writer.now + leaseMs },
  })
  const [reserved] = inserted.rows
  if (reserved !== undefined) return { kind: 'reserved', id: reserved.id }

  const { rows } = await selectByKey(db, dialect, { idempotencyHash })
  const [row] = rows
  // Deleted between the two statements: the key is free again.
  if (row === undefined) return reserve(db, dialect, reservation, writer)
  if (row.input_hash !== inputHash) return { kind: 'conflict' }
  if (row.state === 'RESERVED') return { kind: 'busy' }
  return { kind: 'exists', request: shareRequestOf(row) }
}

export async function release(db: Kysely<Tables>, id: string, holder: string): Promise<void> {
  await db
    .updateTable('share_requests')
    .set({ lease_until: 0, lease_holder: null })
    .where('id', '=', id)
    .where('state', '=', 'RESERVED')
    .where('lease_holder', '=', holder)
    .execute()
}

export const openedColumns = ({ now, code, issuer_request_id, expires_at }: OpeningColumns) => ({
  ...{ state: 'PENDING' as const, version: 1, created_at: now, changed_at: now },
  ...{ code, issuer_request_id, expires_at, lease_until: 0, lease_holder: null },
})

const selectById = prepared((db, { id }: { id: string }) =>
  db.selectFrom('share_requests').selectAll().where('id', '=', id),
)

export async function find(db: Kysely<Tables>, dialect: Dialect, id: string): Promise<ShareRequest | null> {
  const { rows } = await selectById(db, dialect, { id })
  const [row] = rows
  return row === undefined || row.state === 'RESERVED' ? null : shareRequestOf(row)
}

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
    .where('state', '<>', sql.lit('PENDING'))
    .where('changed_at', '<', time)
    .where('lease_until', '<=', now)
    .orderBy('changed_at')
    .limit(limit)
    .$if(dialect.rowLocks, (rows) => rows.forUpdate().skipLocked())
  const deleted = await trx.deleteFrom('share_requests').where('id', 'in', old).returning('id').execute()
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
