import { type Kysely, sql, type Transaction } from 'kysely'
import { historyOf } from '../share-requests/share-request.ts'
import type { LoggedChange } from '../share-requests/store.ts'
import type { Dialect } from './backend.ts'
import { prepared } from './prepared.ts'
import { shareRequestOf } from './row-mapping.ts'
import type { Tables } from './tables.ts'

/** The one row of `change_log`. */
const logId = 1

const takePosition = prepared((db, _: object) =>
  db
    .updateTable('change_log')
    .set((eb) => ({ last_position: eb('last_position', '+', sql.lit(1)) }))
    .where('id', '=', sql.lit(logId))
    .returning('last_position'),
)

const insertChange = prepared((db, change: { position: number; id: string; version: number }) =>
  db
    .insertInto('changes')
    .values({ position: change.position, share_request_id: change.id, version: change.version }),
)

/**
 * Appends to the log. Must be the last write of `trx`: the row of `change_log` stays locked until it commits, so that
 * positions become visible in their order, and every transaction locks that row after all others.
 */
export async function appendChange(
  trx: Transaction<Tables>,
  dialect: Dialect,
  { id, version }: { id: string; version: number },
): Promise<void> {
  const { rows } = await takePosition(trx, dialect, {})
  const [row] = rows
  if (row === undefined) throw new Error('The change log has no row: the migrations are incomplete.')
  await insertChange(trx, dialect, { position: row.last_position, id, version })
}

const selectLog = prepared((db, _: object) =>
  db.selectFrom('change_log').select(['last_position', 'expired_position']).where('id', '=', sql.lit(logId)),
)

async function readLog(db: Kysely<Tables>, dialect: Dialect) {
  const { rows } = await selectLog(db, dialect, {})
  return rows[0] ?? { last_position: 0, expired_position: 0 }
}

export async function lastPosition(db: Kysely<Tables>, dialect: Dialect): Promise<number> {
  return (await readLog(db, dialect)).last_position
}

const selectAfter = prepared((db, { position, limit }: { position: number; limit: number }) =>
  db
    .selectFrom('changes')
    .innerJoin('share_requests', 'share_requests.id', 'changes.share_request_id')
    .selectAll('share_requests')
    .select(['changes.position', 'changes.version as changed_to'])
    .where('changes.position', '>', position)
    .orderBy('changes.position')
    .limit(limit),
)

/** @returns null if the log no longer has all changes after `position`, or never had that position. */
export async function changesAfter(
  db: Kysely<Tables>,
  dialect: Dialect,
  position: number,
  limit: number,
): Promise<LoggedChange[] | null> {
  const { rows } = await selectAfter(db, dialect, { position, limit })
  // Read last: what was deleted while the changes were read counts as expired.
  const log = await readLog(db, dialect)
  if (position < log.expired_position || position > log.last_position) return null
  return rows.map((row) => {
    const request = shareRequestOf(row)
    const then = historyOf(request).find(({ version }) => version === row.changed_to)
    return { position: row.position, request: then ?? request }
  })
}

/** Deletes the changes of share requests that are deleted for their age: cursors before the last of them expire. */
export async function expireChanges(
  trx: Transaction<Tables>,
  { valuesTable }: Dialect,
  ids: readonly string[],
): Promise<void> {
  const entries = ids.map((id) => ({ id, at: null }))
  const deleted = await trx
    .deleteFrom('changes')
    .where('share_request_id', 'in', trx.selectFrom(valuesTable(entries).as('old')).select('old.id'))
    .returning('position')
    .execute()
  const newest = deleted.reduce((max, { position }) => Math.max(max, position), 0)
  await trx
    .updateTable('change_log')
    .set({ expired_position: newest })
    .where('id', '=', logId)
    .where('expired_position', '<', newest)
    .execute()
}
