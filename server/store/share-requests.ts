import { type Kysely, sql, type Transaction } from 'kysely'
import { isTerminal, type ShareRequest } from '../share-requests/share-request.ts'
import type { Opening, Reservation, Reserved } from '../share-requests/store.ts'
import type { Dialect, WorkTime } from './backend.ts'
import { expireChanges } from './change-log.ts'
import { prepared } from './prepared.ts'
import { approvedAtOf, createdColumns, shareRequestOf, stateColumns } from './row-mapping.ts'
import type { Tables } from './tables.ts'

/** Who writes, and when. */
interface Writer {
  holder: string
  now: number
}

const insertReservation = prepared((db, row: ReturnType<typeof createdColumns> & ReservationColumns) =>
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
    .returning('id'),
)

const selectByKey = prepared((db, { idempotencyHash }: { idempotencyHash: string }) =>
  db.selectFrom('share_requests').selectAll().where('idempotency_hash', '=', idempotencyHash),
)

interface ReservationColumns extends Writer {
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

const openReservation = prepared((db, values: OpeningColumns) =>
  db
    .updateTable('share_requests')
    .set({
      ...{ state: 'PENDING', version: 1, created_at: values.now, changed_at: values.now },
      ...{ code: values.code, issuer_request_id: values.issuer_request_id, expires_at: values.expires_at },
      ...{ lease_until: 0, lease_holder: null },
    })
    .where('id', '=', values.id)
    .where('state', '=', 'RESERVED')
    .returningAll(),
)

const insertWork = prepared((db, { id, next_work_at }: { id: string; next_work_at: number }) =>
  db.insertInto('work').values({ id, next_work_at, lease_until: 0, hinted: 0, watched_until: 0 }),
)

interface OpeningColumns {
  id: string
  now: number
  code: string
  issuer_request_id: string | null
  expires_at: number
}

/** @returns the share request, now pending; null if the reservation does not exist (any more). */
export async function open(
  trx: Transaction<Tables>,
  dialect: Dialect,
  id: string,
  { code, issuerRequestId, expiresAt, nextWorkAt }: Opening,
  now: number,
): Promise<ShareRequest | null> {
  const opened = await openReservation(trx, dialect, {
    ...{ id, now, code, issuer_request_id: issuerRequestId ?? null, expires_at: Math.ceil(expiresAt) },
  })
  const [row] = opened.rows
  if (row === undefined) return null
  await insertWork(trx, dialect, { id, next_work_at: Math.ceil(nextWorkAt) })
  return shareRequestOf(row)
}

const selectById = prepared((db, { id }: { id: string }) =>
  db.selectFrom('share_requests').selectAll().where('id', '=', id),
)

export async function find(db: Kysely<Tables>, dialect: Dialect, id: string): Promise<ShareRequest | null> {
  const { rows } = await selectById(db, dialect, { id })
  const [row] = rows
  return row === undefined || row.state === 'RESERVED' ? null : shareRequestOf(row)
}

const selectByIds = prepared((db, { entries }: { entries: readonly WorkTime[] }, { valuesTable }) =>
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
  const { rows } = await selectByIds(db, dialect, { entries: ids.map((id) => ({ id, at: null })) })
  return rows.map(shareRequestOf)
}

const updateState = prepared((db, values: ReturnType<typeof stateColumns> & Expected) =>
  db
    .updateTable('share_requests')
    .set({
      ...{ state: values.state, version: values.version, changed_at: values.changed_at },
      ...{ approved_at: values.approved_at, outcome: values.outcome, passed: values.passed },
      ...{ failure_reason: values.failure_reason, failure_retryable: values.failure_retryable },
    })
    .where('id', '=', values.id)
    .where('state', '=', values.expectedState)
    .where('version', '=', values.expectedVersion)
    .where('approved_at', 'is not distinct from', values.expectedApprovedAt),
)

interface Expected {
  id: string
  expectedState: ShareRequest['state']
  expectedVersion: number
  expectedApprovedAt: number | null
}

const deleteWork = prepared((db, { id }: { id: string }) => db.deleteFrom('work').where('id', '=', id))

const rescheduleWork = prepared((db, { id, next_work_at }: { id: string; next_work_at: number }) =>
  db.updateTable('work').set({ next_work_at }).where('id', '=', id),
)

/** @returns whether `previous` was still stored, and has been replaced by `next`. */
export async function update(
  trx: Transaction<Tables>,
  dialect: Dialect,
  previous: ShareRequest,
  next: ShareRequest,
  nextWorkAt: number | null,
): Promise<boolean> {
  if (isTerminal(next) !== (nextWorkAt === null))
    throw new RangeError(`${next.id} becomes ${next.state}, which does not go with nextWorkAt ${nextWorkAt}`)
  const { id } = previous
  const { numAffectedRows } = await updateState(trx, dialect, {
    ...stateColumns(next),
    ...{ id, expectedState: previous.state, expectedVersion: previous.version },
    expectedApprovedAt: approvedAtOf(previous),
  })
  if (numAffectedRows !== 1n) return false
  if (nextWorkAt === null) await deleteWork(trx, dialect, { id })
  else await rescheduleWork(trx, dialect, { id, next_work_at: Math.ceil(nextWorkAt) })
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
