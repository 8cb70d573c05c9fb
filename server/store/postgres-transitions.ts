import { type Kysely, type QueryCreator, type RawBuilder, sql } from 'kysely'
import type { Dialect, OpeningColumns, StateUpdate, Transitions } from './backend.ts'
import { nextPosition } from './change-log.ts'
import { prepared } from './prepared.ts'
import { asJson, openedColumns, updateState } from './share-requests.ts'
import type { Tables } from './tables.ts'

/** With the results of the statement's other parts. */
type Parts = Tables & { changed: { id: string; version: number }; position: { last_position: number } }

const logChange = (db: QueryCreator<Parts>) =>
  db
    .insertInto('changes')
    .columns(['position', 'share_request_id', 'version'])
    .expression((eb) =>
      eb
        .selectFrom(['position', 'changed'])
        .select(['position.last_position', 'changed.id', 'changed.version']),
    )

interface Deps {
  db: Kysely<Tables>
  dialect: Dialect
  /** The call that announces a change when the statement commits. */
  notification(id: RawBuilder<string>, version: RawBuilder<number>): RawBuilder<unknown>
}

/**
 * Each one statement, and so one round trip and one transaction. The position in the log is taken after the statement
 * has locked its other rows, as `nextPosition` requires: it waits for what was counted of them.
 */
export function postgresTransitions({ db, dialect, notification }: Deps): Transitions {
  const open = prepared((db, opening: OpeningColumns) =>
    db
      .with('changed', (db) =>
        db
          .updateTable('share_requests')
          .set(openedColumns(opening))
          .where('id', '=', opening.id)
          .where('state', '=', 'RESERVED')
          .returningAll(),
      )
      .with('scheduled', (db) =>
        db
          .insertInto('work')
          .columns(['id', 'next_work_at', 'lease_until', 'hinted', 'watched_until'])
          .expression((eb) =>
            eb
              .selectFrom('changed')
              .select([
                'id',
                sql<number>`${opening.next_work_at}::bigint`.as('next_work_at'),
                sql.lit(0).as('lease_until'),
                sql.lit(0 as const).as('hinted'),
                sql.lit(0).as('watched_until'),
              ]),
          )
          .returning('id'),
      )
      .with('position', (db) => nextPosition(db).where(sql<boolean>`exists (select from scheduled)`))
      .with('logged', (db) => logChange(db))
      .selectFrom('changed')
      .select(asJson('changed'))
      .select(notification(sql.ref('id'), sql.ref('version')).as('notified')),
  )

  const end = prepared((db, update: StateUpdate) =>
    db
      .with('changed', (db) => updateState(db, update).returning(['id', 'version']))
      .with('ended', (db) =>
        db
          .deleteFrom('work')
          .where('id', 'in', (eb) => eb.selectFrom('changed').select('id'))
          .returning('id'),
      )
      .with('position', (db) =>
        nextPosition(db)
          .where(sql<boolean>`exists (select from changed)`)
          .where(sql<boolean>`(select count(*) from ended) >= 0`),
      )
      .with('logged', (db) => logChange(db))
      .selectFrom('changed')
      .select(notification(sql.ref('id'), sql.ref('version')).as('notified')),
  )

  return {
    open: async (opening) => (await open(db, dialect, opening)).rows[0]?.row ?? null,
    end: async (update) => (await end(db, dialect, update)).rows.length === 1,
  }
}
