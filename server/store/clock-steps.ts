import type { Transaction } from 'kysely'
import type { Tables } from './tables.ts'

/** Everything dated later than `horizonMs` from `now` becomes due, ends or is deleted. */
export async function recoverFromClockStep(
  trx: Transaction<Tables>,
  horizonMs: number,
  now: number,
): Promise<void> {
  const horizon = now + horizonMs
  await trx
    .updateTable('share_requests')
    .set({ lease_until: 0, lease_holder: null })
    .where('state', '=', 'RESERVED')
    .where('lease_until', '>', horizon)
    .execute()
  await trx.updateTable('work').set({ watched_until: horizon }).where('watched_until', '>', horizon).execute()
  await trx
    .updateTable('work')
    .set({ next_work_at: now, lease_until: 0, lease_holder: null })
    .where('due_at', '>', horizon)
    .execute()
  await trx.deleteFrom('gateways').where('alive_until', '>', horizon).execute()
}
