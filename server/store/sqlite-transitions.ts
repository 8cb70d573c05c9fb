import type { Kysely } from 'kysely'
import type { Dialect, OpeningColumns, StateUpdate, Transitions } from './backend.ts'
import { appendChange } from './change-log.ts'
import type { RunNow } from './group-commit.ts'
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
  db: Kysely<Tables>
  dialect: Dialect
  transaction<Result>(work: (run: RunNow) => Result): Promise<Result>
  /** Announces a change to the gateway, from a command-line tool. */
  notify(): void
}

/** Each a transaction of a few statements. */
export function sqliteTransitions({ db, dialect, transaction, notify }: Deps): Transitions {
  return {
    open: (opening) =>
      transaction((run) => {
        const [row] = run(openReservation.bind(db, dialect, opening)).rows
        if (row === undefined) return null
        run(insertWork.bind(db, dialect, opening))
        appendChange(run, db, dialect, row)
        notify()
        return row
      }),
    end: (update) =>
      transaction((run) => {
        const { numAffectedRows } = run(writeState.bind(db, dialect, update))
        if (numAffectedRows !== 1n) return false
        run(deleteWork.bind(db, dialect, update))
        appendChange(run, db, dialect, update)
        notify()
        return true
      }),
  }
}
