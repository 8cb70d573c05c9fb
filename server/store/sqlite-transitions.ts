import type { Kysely, Transaction } from 'kysely'
import type { Dialect, OpeningColumns, StateUpdate, Transitions } from './backend.ts'
import { appendChange } from './change-log.ts'
import { prepared } from './prepared.ts'
import { openedColumns, updateState } from './share-requests.ts'
import type { Tables } from './tables.ts'

const openReservation = prepared((db, opening: OpeningColumns) =>
  db
    .updateTable('share_requests')
    .set(openedColumns(opening))
    .where('id', '=', opening.id)
    .where('state', '=', 'RESERVED')
    .returningAll(),
)

const insertWork = prepared((db, { id, next_work_at }: OpeningColumns) =>
  db.insertInto('work').values({ id, next_work_at, lease_until: 0, hinted: 0, watched_until: 0 }),
)

const writeState = prepared((db, update: StateUpdate) => updateState(db, update))
const deleteWork = prepared((db, { id }: { id: string }) => db.deleteFrom('work').where('id', '=', id))

interface Deps {
  dialect: Dialect
  transaction<Result>(work: (trx: Transaction<Tables>) => Promise<Result>): Promise<Result>
  notify(trx: Kysely<Tables>): Promise<void>
}

/** Each a transaction of a few statements. */
export function sqliteTransitions({ dialect, transaction, notify }: Deps): Transitions {
  return {
    open: (opening) =>
      transaction(async (trx) => {
        const { rows } = await openReservation(trx, dialect, opening)
        const [row] = rows
        if (row === undefined) return null
        await insertWork(trx, dialect, opening)
        await appendChange(trx, dialect, row)
        await notify(trx)
        return row
      }),
    end: (update) =>
      transaction(async (trx) => {
        const { numAffectedRows } = await writeState(trx, dialect, update)
        if (numAffectedRows !== 1n) return false
        await deleteWork(trx, dialect, update)
        await appendChange(trx, dialect, update)
        await notify(trx)
        return true
      }),
  }
}
