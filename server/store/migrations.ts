import { type Kysely, type RawBuilder, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { StoreUnavailable } from '../share-requests/store.ts'
import type { Tables } from './tables.ts'

/** The index that keeps codes unique. */
export const codeIndex = 'share_requests_by_code'

/**
 * By name, in the order of names. Never edit a released migration: add a new one.
 */
const migrations = ({ key, indexed, isShared }: ColumnTypes): Record<string, Migration> => ({
  '001-share-requests': {
    async up(db) {
      await db.schema
        .createTable('share_requests')
        .addColumn('id', key, (column) => column.primaryKey())
        .addColumn('idempotency_hash', key, (column) => column.notNull().unique())
        .addColumn('input_hash', 'text', (column) => column.notNull())
        .addColumn('policy_name', key, (column) => column.notNull())
        .addColumn('policy', 'text', (column) => column.notNull())
        .addColumn('reference', key)
        .addColumn('created_by', 'text', (column) => column.notNull())
        .addColumn('state', key, (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('changed_at', 'bigint', (column) => column.notNull())
        .addColumn('code', 'text')
        .addColumn('expires_at', 'bigint')
        .addColumn('approved_at', 'bigint')
        .addColumn('outcome', 'text')
        .addColumn('failure_reason', 'text')
        .addColumn('failure_retryable', 'integer')
        .addColumn('lease_until', 'bigint', (column) => column.notNull())
        .addColumn('lease_holder', 'text')
        .execute()
      // The list is one index scan for each requested state; see list() in share-requests.ts.
      await db.schema
        .createIndex('share_requests_by_state')
        .on('share_requests')
        .columns(['state', 'created_at', 'id'])
        .execute()
      await db.schema
        .createIndex('share_requests_by_policy')
        .on('share_requests')
        .columns(['policy_name', 'state', 'created_at', 'id'])
        .execute()
      await db.schema
        .createIndex('share_requests_by_reference')
        .on('share_requests')
        .columns(['reference', 'state', 'created_at', 'id'])
        .where('reference', 'is not', null)
        .execute()
      await db.schema
        .createIndex('share_requests_not_pending')
        .on('share_requests')
        .column('changed_at')
        .where(sql<boolean>`state <> 'PENDING'`)
        .execute()
    },
  },
  '002-work': {
    async up(db) {
      await db.schema
        .createTable('work')
        .addColumn('id', key, (column) => column.primaryKey())
        .addColumn('next_work_at', 'bigint', (column) => column.notNull())
        .addColumn('lease_until', 'bigint', (column) => column.notNull())
        .addColumn('lease_holder', 'text')
        .addColumn('hinted', 'integer', (column) => column.notNull())
        .addColumn('watched_until', 'bigint', (column) => column.notNull())
        .addColumn('due_at', 'bigint', (column) =>
          column
            .notNull()
            .generatedAlwaysAs(
              sql`case when next_work_at > lease_until then next_work_at else lease_until end`,
            )
            .stored(),
        )
        .execute()
      await db.schema.createIndex('work_due').on('work').column('due_at').execute()
    },
  },
  '003-partner-keys': {
    async up(db) {
      await db.schema
        .createTable('partner_keys')
        .addColumn('id', key, (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addColumn('scopes', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('expires_at', 'bigint')
        .addColumn('revoked_at', 'bigint')
        .execute()
    },
  },
  '004-gateways': {
    async up(db) {
      await db.schema
        .createTable('gateways')
        .addColumn('id', key, (column) => column.primaryKey())
        .addColumn('alive_until', 'bigint', (column) => column.notNull())
        .execute()
    },
  },
  '005-issuer-request-id': {
    async up(db) {
      await db.schema.alterTable('share_requests').addColumn('issuer_request_id', 'text').execute()
    },
  },
  '006-unique-codes': {
    async up(db) {
      // One approval must not approve two share requests: the oldest keeps the code, no customer can approve the others.
      await sql`update share_requests set code = code || ' of ' || id where exists (
        select 1 from share_requests older
        where older.code = share_requests.code
        and (older.created_at, older.id) < (share_requests.created_at, share_requests.id)
      )`.execute(db)
      await db.schema
        .createIndex(codeIndex)
        .unique()
        .on('share_requests')
        .expression(indexed('code'))
        .execute()
    },
  },
  '007-created-by-key': {
    async up(db) {
      await db.schema.alterTable('share_requests').addColumn('created_by_key', 'text').execute()
    },
  },
  '008-change-log': {
    async up(db) {
      await db.schema
        .createTable('changes')
        .addColumn('position', 'bigint', (column) => column.primaryKey())
        .addColumn('share_request_id', key, (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .execute()
      await db.schema
        .createIndex('changes_by_share_request')
        .on('changes')
        .column('share_request_id')
        .execute()
      await db.schema
        .createTable('change_log')
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('last_position', 'bigint', (column) => column.notNull())
        .addColumn('expired_position', 'bigint', (column) => column.notNull())
        .execute()
      await sql`insert into change_log (id, last_position, expired_position) values (1, 0, 0)`.execute(db)
    },
  },
  '009-passed': {
    async up(db) {
      await db.schema.alterTable('share_requests').addColumn('passed', 'integer').execute()
      await sql`update share_requests set passed = case when outcome like '{"passed":true%' then 1 else 0 end
        where outcome is not null`.execute(db)
      for (const [name, columns] of [
        ['share_requests_by_passed', ['passed', 'created_at', 'id']],
        ['share_requests_by_policy_and_passed', ['policy_name', 'passed', 'created_at', 'id']],
      ] as const)
        await db.schema
          .createIndex(name)
          .on('share_requests')
          .columns([...columns])
          .where('passed', 'is not', null)
          .execute()
    },
  },
  '010-approvals-without-passed': {
    async up(db) {
      await db.schema
        .createIndex('share_requests_without_passed')
        .on('share_requests')
        .columns(['passed', 'id'])
        .where(sql<boolean>`outcome is not null and passed is null`)
        .execute()
    },
  },
  '011-limits': {
    async up(db) {
      for (const [name, type] of [
        ['checks', 'integer'],
        ['checks_until', 'bigint'],
      ] as const)
        await db.schema
          .alterTable('work')
          .addColumn(name, type, (column) => column.notNull().defaultTo(0))
          .execute()
      // Earlier versions made this table outside of the migrations.
      if (isShared)
        await db.schema
          .createTable('rate_limits')
          .ifNotExists()
          .addColumn('key', 'varchar(255)', (column) => column.primaryKey())
          .addColumn('points', 'integer', (column) => column.notNull())
          .addColumn('expire', 'bigint')
          .execute()
    },
  },
  // Each b-tree that a write touches is a page in SQLite's log.
  '012-fewer-pages-per-write': {
    async up(db) {
      if (isShared) return
      for (const statement of [
        `drop index share_requests_by_state`,
        `create index share_requests_by_state on share_requests (state, created_at, id) where state <> 'APPROVED'`,
        `drop index share_requests_by_policy`,
        `create index share_requests_by_policy on share_requests (policy_name, state, created_at, id)
          where state <> 'APPROVED' and state <> 'RESERVED'`,
        `drop index share_requests_not_pending`,
        `create index share_requests_ended on share_requests (changed_at)
          where state <> 'PENDING' and state <> 'RESERVED'`,
        `drop index ${codeIndex}`,
        `create unique index ${codeIndex} on share_requests (code) where code is not null`,
        `create table rowless_work (
          id text primary key, next_work_at bigint not null, lease_until bigint not null, lease_holder text,
          hinted integer not null, watched_until bigint not null, checks integer not null default 0,
          checks_until bigint not null default 0, due_at bigint not null generated always as (
            case when next_work_at > lease_until then next_work_at else lease_until end) stored
        ) without rowid`,
        `insert into rowless_work (id, next_work_at, lease_until, lease_holder, hinted, watched_until, checks, checks_until)
          select id, next_work_at, lease_until, lease_holder, hinted, watched_until, checks, checks_until from work`,
        `drop table work`,
        `alter table rowless_work rename to work`,
        `create index work_due on work (due_at)`,
        // An integer key is the table's own, a bigint has an index.
        `create table new_changes (position integer primary key, share_request_id text not null, version integer not null)`,
        `insert into new_changes select position, share_request_id, version from changes`,
        `drop table changes`,
        `alter table new_changes rename to changes`,
        `create index changes_by_share_request on changes (share_request_id)`,
      ])
        await sql.raw(statement).execute(db)
    },
  },
})

interface ColumnTypes {
  /** Type of IDs and hashes: text that sorts by its bytes, whatever the locale. */
  key: 'text' | RawBuilder<unknown>
  /** The part of a long text column that an index contains. */
  indexed: (column: string) => RawBuilder<unknown>
  /** Whether several gateways share the database. */
  isShared: boolean
}

export const sqliteTypes: ColumnTypes = { key: 'text', indexed: sql.ref, isShared: false }

/** PostgreSQL indexes at most 2,704 bytes. */
export const postgresTypes: ColumnTypes = {
  key: sql`text collate "C"`,
  indexed: (column) => sql`md5(${sql.ref(column)})`,
  isShared: true,
}

export const migrationNames = Object.keys(migrations(sqliteTypes))

/** Migrates the tables to this version. @param target the last migration to run, for tests. */
export async function migrate(
  db: Kysely<Tables>,
  types: ColumnTypes,
  target = migrationNames.at(-1)!,
): Promise<void> {
  const provider = { getMigrations: async () => migrations(types) }
  const { error, results } = await new Migrator({ db, provider }).migrateTo(target)
  if (error === undefined) return
  const failed = results?.find(({ status }) => status === 'Error')?.migrationName
  if (failed === undefined && (await compareMigrations(db)).unknown.length > 0)
    throw new StoreUnavailable('MIGRATIONS', usedByNewer, { cause: error })
  throw error
}

/** Rejects with a StoreUnavailable if a migration is missing. Those of a newer version do no harm. */
export async function checkMigrations(db: Kysely<Tables>): Promise<void> {
  const { missing } = await compareMigrations(db)
  if (missing.length > 0)
    throw new StoreUnavailable(
      'MIGRATIONS',
      `The store lacks the migrations ${missing.join(', ')}. Start the gateway again: it runs them.`,
    )
}

export const usedByNewer =
  'The store was last used by a newer version of the gateway. Start that version, or one after it.'

/** Names: `missing` are those that have not run, `unknown` those that a newer version has run. */
export async function compareMigrations(
  db: Kysely<Tables>,
): Promise<{ missing: string[]; unknown: string[] }> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
  const done = rows.map(({ name }) => name)
  return {
    missing: migrationNames.filter((name) => !done.includes(name)),
    unknown: done.filter((name) => !migrationNames.includes(name)),
  }
}
