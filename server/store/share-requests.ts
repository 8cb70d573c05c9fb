import { type CompiledQuery, type Kysely, sql, type Transaction } from 'kysely'
import { isTerminal, type ShareRequest, shareRequestStates } from '../share-requests/share-request.ts'
import type { ListQuery, Opening, Reservation, Reserved } from '../share-requests/store.ts'
import type { Dialect } from './backend.ts'
import { approvedAtOf, createdColumns, shareRequestOf, stateColumns } from './row-mapping.ts'
import type { ShareRequestRow, Tables } from './tables.ts'

/** Who writes, and when. */
interface Writer {
  holder: string
  now: number
}

export async function reserve(
  db: Kysely<Tables>,
  reservation: Reservation,
  { holder, now }: Writer,
): Promise<Reserved> {
  const { idempotencyHash, inputHash, leaseMs } = reservation
  const reserved = await db
    .insertInto('share_requests')
    .values({
      ...createdColumns(reservation),
      idempotency_hash: idempotencyHash,
      input_hash: inputHash,
      state: 'RESERVED',
      version: 0,
      created_at: now,
      changed_at: now,
      lease_until: now + leaseMs,
      lease_holder: holder,
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
        .where('share_requests.lease_until', '<=', now)
        .whereRef('share_requests.input_hash', '=', 'excluded.input_hash'),
    )
    .returning('id')
    .executeTakeFirst()
  if (reserved !== undefined) return { kind: 'reserved', id: reserved.id }

  const row = await db
    .selectFrom('share_requests')
    .selectAll()
    .where('idempotency_hash', '=', idempotencyHash)
    .executeTakeFirst()
  // Deleted between the two statements: the key is free again.
  if (row === undefined) return reserve(db, reservation, { holder, now })
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

/** @returns the share request, now pending; null where there is no such reservation, or no longer. */
export async function open(
  trx: Transaction<Tables>,
  id: string,
  opening: Opening,
  now: number,
): Promise<ShareRequest | null> {
  const row = await trx
    .updateTable('share_requests')
    .set({ state: 'PENDING', version: 1, created_at: now, changed_at: now })
    .set({ code: opening.code, issuer_request_id: opening.issuerRequestId ?? null })
    .set({ expires_at: Math.ceil(opening.expiresAt) })
    .set({ lease_until: 0, lease_holder: null })
    .where('id', '=', id)
    .where('state', '=', 'RESERVED')
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return null
  const next_work_at = Math.ceil(opening.nextWorkAt)
  await trx
    .insertInto('work')
    .values({ id, next_work_at, lease_until: 0, hinted: 0, watched_until: 0 })
    .execute()
  return shareRequestOf(row)
}

/** Read more often than all else: compiled once for each database, since compiling takes as long as the rest. */
const findQueries = new WeakMap<Kysely<Tables>, CompiledQuery<ShareRequestRow>>()

export async function find(db: Kysely<Tables>, id: string): Promise<ShareRequest | null> {
  const query = findQueries.get(db) ?? compileFind(db)
  const { rows } = await db.executeQuery<ShareRequestRow>({ ...query, parameters: [id] })
  const [row] = rows
  return row === undefined || row.state === 'RESERVED' ? null : shareRequestOf(row)
}

function compileFind(db: Kysely<Tables>): CompiledQuery<ShareRequestRow> {
  const query = db.selectFrom('share_requests').selectAll().where('id', '=', '').compile()
  findQueries.set(db, query)
  return query
}

export async function findAll(
  db: Kysely<Tables>,
  dialect: Dialect,
  ids: readonly string[],
): Promise<ShareRequest[]> {
  const rows = await db
    .selectFrom('share_requests')
    .innerJoin(
      dialect.valuesTable(ids.map((id) => ({ id, at: null }))).as('wanted'),
      'wanted.id',
      'share_requests.id',
    )
    .selectAll('share_requests')
    .where('state', '<>', 'RESERVED')
    .execute()
  return rows.map(shareRequestOf)
}

/**
 * One walk along an index for each state, which ends with the page, and then the first of them all: a page costs the
 * same however many share requests there are and however rare those are that the filter lets through.
 */
export async function list(db: Kysely<Tables>, query: ListQuery): Promise<ShareRequest[]> {
  const { first, after, policy, reference, states } = query
  const walks = [...new Set(states ?? shareRequestStates)].map((state) => {
    let walk = db.selectFrom('share_requests').select(['created_at', 'id']).where('state', '=', state)
    if (policy !== null) walk = walk.where('policy_name', '=', policy)
    if (reference !== null) walk = walk.where('reference', '=', reference)
    if (after !== null)
      walk = walk.where((eb) => eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(after.createdAt, after.id)))
    const newestFirst = walk
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(first + 1)
    return db.selectFrom(newestFirst.as('walk')).selectAll()
  })
  const [walk, ...others] = walks
  if (walk === undefined) return []
  const page = db
    .selectFrom(others.reduce((all, other) => all.unionAll(other), walk).as('walks'))
    .select('id')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(first + 1)
  const rows = await db
    .selectFrom('share_requests')
    .selectAll()
    .where('id', 'in', page)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map(shareRequestOf)
}

/** Counts in the index by policy, which holds all that is asked: the rows are not read. */
export async function countPending(
  db: Kysely<Tables>,
  policies: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const counts = await db
    .selectFrom('share_requests')
    .select(({ fn }) => ['policy_name', fn.countAll<number | string>().as('pending')])
    .where('policy_name', 'in', policies)
    .where('state', '=', 'PENDING')
    .groupBy('policy_name')
    .execute()
  const byPolicy = new Map(policies.map((policy) => [policy, 0]))
  for (const { policy_name, pending } of counts) byPolicy.set(policy_name, Number(pending))
  return byPolicy
}

/** @returns whether `previous` was still what is stored, and is `next` now. */
export async function update(
  trx: Transaction<Tables>,
  previous: ShareRequest,
  next: ShareRequest,
  nextWorkAt: number | null,
): Promise<boolean> {
  if (isTerminal(next) !== (nextWorkAt === null))
    throw new RangeError(`${next.id} becomes ${next.state}, which does not go with nextWorkAt ${nextWorkAt}`)
  const { numUpdatedRows } = await trx
    .updateTable('share_requests')
    .set(stateColumns(next))
    .where('id', '=', previous.id)
    .where('state', '=', previous.state)
    .where('version', '=', previous.version)
    .where('approved_at', 'is not distinct from', approvedAtOf(previous))
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  if (nextWorkAt === null) await trx.deleteFrom('work').where('id', '=', next.id).execute()
  else
    await trx
      .updateTable('work')
      .set({ next_work_at: Math.ceil(nextWorkAt) })
      .where('id', '=', next.id)
      .execute()
  return true
}

/** @returns the version that was erased; null if there is no such share request. */
export async function erase(trx: Transaction<Tables>, id: string): Promise<number | null> {
  const row = await trx
    .deleteFrom('share_requests')
    .where('id', '=', id)
    .where('state', '<>', 'RESERVED')
    .returning('version')
    .executeTakeFirst()
  await trx.deleteFrom('work').where('id', '=', id).execute()
  return row?.version ?? null
}

export async function deleteBefore(
  db: Kysely<Tables>,
  dialect: Dialect,
  time: number,
  limit: number,
  now: number,
): Promise<number> {
  const old = db
    .selectFrom('share_requests')
    .select('id')
    .where('state', '<>', sql.lit('PENDING'))
    .where('changed_at', '<', time)
    .where('lease_until', '<=', now)
    .orderBy('changed_at')
    .limit(limit)
    .$if(dialect.rowLocks, (rows) => rows.forUpdate().skipLocked())
  const { numDeletedRows } = await db.deleteFrom('share_requests').where('id', 'in', old).executeTakeFirst()
  return Number(numDeletedRows)
}
