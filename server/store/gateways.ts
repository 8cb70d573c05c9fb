import type { Kysely, Transaction } from 'kysely'
import type { Dialect } from './backend.ts'
import type { Tables } from './tables.ts'

/** Milliseconds after which a gateway without heartbeats is deleted. */
const forgetAfterMs = 3_600_000

/** @returns how many gateways are alive. */
export async function heartbeat(
  trx: Transaction<Tables>,
  dialect: Dialect,
  id: string,
  ttl: number,
  now: number,
): Promise<number> {
  const alive_until = now + ttl
  await trx
    .insertInto('gateways')
    .values({ id, alive_until })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ alive_until }))
    .execute()
  const forgotten = trx
    .selectFrom('gateways')
    .select('id')
    .where('alive_until', '<', now - forgetAfterMs)
    .$if(dialect.rowLocks, (rows) => rows.forUpdate().skipLocked())
  await trx.deleteFrom('gateways').where('id', 'in', forgotten).execute()
  const { alive } = await trx
    .selectFrom('gateways')
    .select((eb) => eb.fn.countAll<number>().as('alive'))
    .where('alive_until', '>', now)
    .executeTakeFirstOrThrow()
  return alive
}

/** Writes and rolls back. Rejects if the database is not writable. */
export async function probe(db: Kysely<Tables>, id: string): Promise<void> {
  await db.insertInto('gateways').values({ id, alive_until: 0 }).execute()
  await db.deleteFrom('gateways').where('id', '=', id).execute()
}
