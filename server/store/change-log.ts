import { type Kysely, sql, type Transaction } from 'kysely'
import { historyOf } from '../share-requests/share-request.ts'
import type { ChangeCursor, LoggedChange } from '../share-requests/store.ts'
import type { Dialect } from './backend.ts'
import type { RunNow } from './group-commit.ts'
import { prepared } from './prepared.ts'
import { shareRequestOf } from './row-mapping.ts'
import type { Tables } from './tables.ts'

/** The one row of `change_log`. */
export const logId = 1

/**
 * Takes the next position in the log. The row of `change_log` stays locked until the commit, so that positions become
 * visible in their order, and every transaction locks that row after all others.
 */
export const nextPosition = (db: Pick<Kysely<Tables>, 'updateTable'>) =>
  db
    .updateTable('change_log')
    .set((eb) => ({ last_position: eb('last_position', '+', sql.lit(1)) }))
    .where('id', '=', sql.lit(logId))
    .returning('last_position')

const takePosition = prepared((db, _: object) => nextPosition(db))

const insertChange = prepared((db, change: { position: number; id: string; version: number }) =>
  db
    .insertInto('changes')
    .values({ position: change.position, share_request_id: change.id, version: change.version }),
)

/** Appends to the log. Must be the last write of the transaction that `run` is of. */
export function appendChange(
  run: RunNow,
  db: Kysely<Tables>,
  dialect: Dialect,
  { id, version }: { id: string; version: number },
): void {
  const [row] = run(takePosition.bind(db, dialect, {})).rows
  if (row === undefined) throw new Error('The change log has no row: the migrations are incomplete.')
  run(insertChange.bind(db, dialect, { position: row.last_position, id, version }))
}

const selectLog = prepared((db, _: object) =>
  db
    .selectFrom('change_log')
    .leftJoin('changes', 'changes.position', 'change_log.last_position')
    .leftJoin('share_requests', 'share_requests.id', 'changes.share_request_id')
    .select(['last_position', 'expired_position', 'changes.version', 'created_at', 'changed_at'])
    .where('change_log.id', '=', sql.lit(logId)),
)

async function readLog(db: Kysely<Tables>, dialect: Dialect) {
  const { rows } = await selectLog(db, dialect, {})
  const [row] = rows
  if (row === undefined) throw new Error('The change log has no row: the migrations are incomplete.')
  return row
}

export async function lastChange(db: Kysely<Tables>, dialect: Dialect): Promise<ChangeCursor> {
  const { last_position, version, created_at, changed_at } = await readLog(db, dialect)
  return { position: last_position, changedAt: version === 1 ? created_at : changed_at }
}

const selectFrom = prepared((db, { position, limit }: { position: number; limit: number }) =>
  db
    .selectFrom('changes')
    .innerJoin('share_requests', 'share_requests.id', 'changes.share_request_id')
    .selectAll('share_requests')
    .select(['changes.position', 'changes.version as changed_to'])
    .where('changes.position', '>=', position)
    .orderBy('changes.position')
    .limit(limit),
)

/** @returns null if the log does not have all changes after `cursor`, or has another change at its position. */
export async function changesAfter(
  db: Kysely<Tables>,
  dialect: Dialect,
  { position, changedAt }: ChangeCursor,
  limit: number,
): Promise<LoggedChange[] | null> {
  const { rows } = await selectFrom(db, dialect, { position, limit: limit + 1 })
  // Read last: what was deleted while the changes were read counts as expired.
  const log = await readLog(db, dialect)
  if (position < log.expired_position || position > log.last_position) return null
  const changes = rows.map((row) => {
    const request = shareRequestOf(row)
    const then = historyOf(request).find(({ version }) => version === row.changed_to)
    return { position: row.position, request: then ?? request }
  })
  // A share request that was erased has left no change there.
  if (changes[0]?.position !== position) return changes.slice(0, limit)
  const [last, ...later] = changes
  return changedAt === null || last?.request.changedAt === changedAt ? later : null
}

/** Deletes the changes of share requests that are deleted for their age: cursors before the last of them expire. */
export async function expireChanges(
  trx: Transaction<Tables>,
  { valuesTable }: Dialect,
  ids: readonly string[],
): Promise<void> {
  const entries = ids.map((id) => ({ id }))
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
