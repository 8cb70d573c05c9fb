import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { CreationLimit, Reservation, Reserved } from '../share-requests/store.ts'
import type { Dialect } from './backend.ts'
import { type CreationCounts, retryAfterMs, windowFrom } from './limit-windows.ts'
import { derived, prepared } from './prepared.ts'
import { createdColumns, shareRequestOf } from './row-mapping.ts'
import type { Tables } from './tables.ts'

interface ReservationColumns extends ReturnType<typeof createdColumns> {
  holder: string
  now: number
  idempotency_hash: string
  input_hash: string
  lease_until: number
}

/** Inserts the reservation, or takes over one whose lease has ended, if `condition` holds. */
const insertIf = (
  db: Pick<Kysely<Tables>, 'insertInto'>,
  row: ReservationColumns,
  condition: RawBuilder<boolean>,
) =>
  db
    .insertInto('share_requests')
    .columns([
      ...(['id', 'idempotency_hash', 'input_hash', 'policy_name', 'policy', 'reference'] as const),
      ...(['created_by', 'created_by_key', 'state', 'version', 'created_at', 'changed_at'] as const),
      ...(['lease_until', 'lease_holder'] as const),
    ])
    .expression(sql`select ${row.id}, ${row.idempotency_hash}, ${row.input_hash}, ${row.policy_name}, ${row.policy},
      ${row.reference}, ${row.created_by}, ${row.created_by_key}, 'RESERVED', 0, ${row.now}, ${row.now},
      ${row.lease_until}, ${row.holder} where ${condition}`)
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

const insertReservation = prepared((db, row: ReservationColumns) => insertIf(db, row, sql`true`))

interface CountedReservation extends ReservationColumns {
  limits: readonly CreationLimit[]
  windowEnd: number
  latestWindowEnd: number
}

/**
 * In one statement: counts the creation, and inserts the reservation unless a limit is reached. A limit that was reached
 * before keeps the others from counting.
 */
const countAndInsert = prepared((db, row: CountedReservation, { withoutFsync }) => {
  const { now, windowEnd, latestWindowEnd } = row
  const keys = derived(row.limits, (limits) => limits.map(({ name }) => `create:${name}`))
  const maxima = derived(row.limits, (limits) => limits.map(({ maxPerMinute }) => maxPerMinute))
  return db
    .with(
      'given',
      () =>
        sql<{
          key: string
          max: number
        }>`(select * from unnest(${keys}::text[], ${maxima}::int[]) as given (key, max))`,
    )
    .with(
      'reached',
      () =>
        sql<{ expire: number }>`(select expire from rate_limits join given using (key)
        where expire > ${now} and expire <= ${latestWindowEnd} and points >= max)`,
    )
    .with(
      'counted',
      () =>
        sql<{
          key: string
          points: number
          expire: number
        }>`(insert into rate_limits as known (key, points, expire)
        select key, 1, ${windowEnd}::bigint from given where not exists (select from reached) order by key
        on conflict (key) do update set
          points = case when known.expire > ${now} and known.expire <= ${latestWindowEnd} then known.points + 1 else 1 end,
          expire = case when known.expire > ${now} and known.expire <= ${latestWindowEnd}
            then known.expire else excluded.expire end
        returning key, points, expire)`,
    )
    .with(
      'refused',
      () =>
        sql<{ expire: number }>`(select expire from reached
        union all select expire from counted join given using (key) where points > max)`,
    )
    .with('reserved', (db) => insertIf(db, row, sql`not exists (select from refused)`))
    .selectNoFrom([
      sql<string | null>`(select id from reserved)`.as('id'),
      sql<number | null>`(select max(expire) from refused)`.as('refused_until'),
      withoutFsync!.as('settings'),
    ])
})

const selectByKey = prepared((db, { idempotencyHash }: { idempotencyHash: string }) =>
  db.selectFrom('share_requests').selectAll().where('idempotency_hash', '=', idempotencyHash),
)

/** @param counts null if the database counts creations. */
export async function reserve(
  db: Kysely<Tables>,
  dialect: Dialect,
  counts: CreationCounts | null,
  { limits, ...reservation }: Reservation,
  { holder, now }: { holder: string; now: number },
): Promise<Reserved> {
  const window = windowFrom(now)
  const row: CountedReservation = {
    ...createdColumns(reservation),
    ...{ idempotency_hash: reservation.idempotencyHash, input_hash: reservation.inputHash },
    ...{ holder, now, lease_until: now + reservation.leaseMs, limits },
    ...{ windowEnd: window.end, latestWindowEnd: window.latestEnd },
  }
  const { id, refusedUntil } =
    counts === null
      ? await reserveCounted(db, dialect, row)
      : await reserveUncounted(db, dialect, counts, row)
  if (refusedUntil !== null) return { kind: 'limited', retryAfterMs: retryAfterMs(refusedUntil, now) }
  if (id !== null) return { kind: 'reserved', id }

  const { idempotencyHash, inputHash } = reservation
  const { rows } = await selectByKey(db, dialect, { idempotencyHash })
  const [known] = rows
  // Deleted between the two statements: the key is free again.
  if (known === undefined)
    return reserve(db, dialect, counts, { ...reservation, limits: [] }, { holder, now })
  if (known.input_hash !== inputHash) return { kind: 'conflict' }
  if (known.state === 'RESERVED') return { kind: 'busy' }
  return { kind: 'exists', request: shareRequestOf(known) }
}

type Attempt = { id: string | null; refusedUntil: number | null }

async function reserveCounted(
  db: Kysely<Tables>,
  dialect: Dialect,
  row: CountedReservation,
): Promise<Attempt> {
  const { rows } = await countAndInsert(db, dialect, row)
  return { id: rows[0]?.id ?? null, refusedUntil: rows[0]?.refused_until ?? null }
}

async function reserveUncounted(
  db: Kysely<Tables>,
  dialect: Dialect,
  counts: CreationCounts,
  row: CountedReservation,
): Promise<Attempt> {
  const refusedUntil = counts.take(row.limits, row.now)
  if (refusedUntil !== null) return { id: null, refusedUntil }
  const { rows } = await insertReservation(db, dialect, row)
  return { id: rows[0]?.id ?? null, refusedUntil: null }
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
