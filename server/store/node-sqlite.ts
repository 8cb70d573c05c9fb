import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Kysely,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type SqliteStatement,
} from 'kysely'

/** Kysely over Node's own SQLite. Owns `database`: destroying Kysely closes it. */
export class NodeSqliteDialect implements Dialect {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  createDriver() {
    return new Driver(this.#database)
  }

  createAdapter() {
    return new Adapter()
  }

  createIntrospector(db: Kysely<unknown>) {
    return new SqliteIntrospector(db)
  }

  createQueryCompiler() {
    return new SqliteQueryCompiler()
  }
}

class Driver extends SqliteDriver {
  readonly #database: DatabaseSync
  /** Resolves when the last one in the queue has released the connection. */
  #last = Promise.resolve()
  #giveBack = () => {}

  constructor(database: DatabaseSync) {
    super({ database: bridge(database) })
    this.#database = database
  }

  override async acquireConnection() {
    const { promise, resolve } = Promise.withResolvers<void>()
    const turn = this.#last
    this.#last = promise
    await turn
    this.#giveBack = resolve
    return super.acquireConnection()
  }

  override async releaseConnection() {
    this.#giveBack()
  }

  /** Immediate: a transaction that reads first and then writes would fail, not wait, if another process wrote in between. */
  override async beginTransaction(connection: DatabaseConnection) {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  /** SQLite itself rolls back if the disk is full: a second rollback would hide that error behind its own. */
  override async rollbackTransaction(connection: DatabaseConnection) {
    if (this.#database.isTransaction) await super.rollbackTransaction(connection)
  }
}

class Adapter extends SqliteAdapter {
  /** There is one connection. The driver above has a queue for it, because Kysely's own lock wakes all waiting callers. */
  override get supportsMultipleConnections() {
    return true
  }

  /** Makes the migrator run in a transaction, so that a killed migration starts again. */
  override get supportsTransactionalDdl() {
    return true
  }
}

/** What Kysely's driver expects: better-sqlite3's interface. Statements are few and constant, so each is kept. */
function bridge(database: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>()
  return {
    prepare(sql) {
      const known = prepared.get(sql)
      if (known !== undefined) return known
      const statement = prepare(database, sql)
      prepared.set(sql, statement)
      return statement
    },
    close: () => database.close(),
  }
}

function prepare(database: DatabaseSync, sql: string): SqliteStatement {
  const statement = database.prepare(sql)
  const columns = statement.columns().map(({ name }) => name)
  // node:sqlite's row objects are dictionaries, which take several times as long to create and read.
  statement.setReturnArrays(true)
  const rowOf = (values: Record<number, unknown>) => {
    const row: Record<string, unknown> = {}
    for (let index = 0; index < columns.length; index++) row[columns[index] ?? ''] = values[index]
    return row
  }
  const bound = (parameters: readonly unknown[]) => parameters as SQLInputValue[]
  return {
    reader: columns.length > 0,
    all: (parameters) => statement.all(...bound(parameters)).map(rowOf),
    run: (parameters) => statement.run(...bound(parameters)),
    *iterate(parameters) {
      for (const values of statement.iterate(...bound(parameters))) yield rowOf(values)
    },
  }
}
