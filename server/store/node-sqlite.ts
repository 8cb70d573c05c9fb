import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Kysely,
  type QueryResult,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type SqliteStatement,
} from 'kysely'
import { GroupCommit, type RunNow } from './group-commit.ts'

interface NodeSqliteOptions {
  /** Called for every query that goes past Kysely. */
  onQuery?: ((query: CompiledQuery) => void) | undefined
  /** Resolves when this turn of the event loop ends. */
  gather?: () => Promise<void>
}

/**
 * Kysely over Node's own SQLite. Owns `database`: destroying Kysely closes it. SQLite answers at once, so what is called
 * often goes past Kysely, whose promises take longer than most statements.
 */
export class NodeSqliteDialect implements Dialect {
  readonly #database: DatabaseSync
  readonly #statements: SqliteDatabase
  readonly #queue = new ConnectionQueue()
  readonly #writes: GroupCommit
  readonly #onQuery: ((query: CompiledQuery) => void) | undefined

  constructor(database: DatabaseSync, { onQuery, gather = setImmediate }: NodeSqliteOptions = {}) {
    this.#database = database
    this.#statements = bridge(database)
    this.#onQuery = onQuery
    this.#writes = new GroupCommit({
      gather,
      transact: (work) => this.#transact(work),
      whenFree: (commit) => this.#queue.run(commit),
    })
  }

  /** Runs one statement, outside of Kysely's transactions. */
  run<Row>(query: CompiledQuery<Row>): Promise<QueryResult<Row>> {
    if (query.query.kind !== 'SelectQueryNode') return this.transaction((run) => run(query))
    return this.#queue.run(() => this.#runNow(query))
  }

  /** Runs `work` in a transaction. It may run twice. */
  transaction<Result>(work: (run: RunNow) => Result): Promise<Result> {
    return this.#writes.add(work)
  }

  #transact<Result>(work: (run: RunNow) => Result): Result {
    this.#runNow(begin)
    try {
      const result = work(this.#runNow)
      this.#runNow(commit)
      return result
    } catch (error) {
      if (this.#database.isTransaction) this.#runNow(rollback)
      throw error
    }
  }

  readonly #runNow: RunNow = <Row>(query: CompiledQuery<Row>) => {
    const statement = this.#statements.prepare(query.sql)
    if (statement.reader) return this.#noted(query, { rows: statement.all(query.parameters) as Row[] })
    const { changes } = statement.run(query.parameters)
    return this.#noted(query, { rows: [], numAffectedRows: BigInt(changes) })
  }

  #noted<Result>(query: CompiledQuery, result: Result): Result {
    this.#onQuery?.(query)
    return result
  }

  createDriver() {
    return new Driver(this.#database, this.#statements, this.#queue)
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

/** Immediate: a transaction that reads first and then writes would fail, not wait, if another process wrote in between. */
const begin = CompiledQuery.raw('begin immediate')
const commit = CompiledQuery.raw('commit')
const rollback = CompiledQuery.raw('rollback')

/** Whose turn it is to use the one connection. */
class ConnectionQueue {
  /** Resolves when the last one in the queue has left. */
  #last: Promise<void> = Promise.resolve()
  #size = 0

  /** Resolves when it is the caller's turn. @returns a function to call afterwards. */
  async enter(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const turn = this.#last
    this.#last = promise
    this.#size++
    await turn
    return () => {
      this.#size--
      resolve()
    }
  }

  /** Runs `work` in its turn: at once if nobody is in the queue. */
  async run<Result>(work: () => Result): Promise<Result> {
    if (this.#size === 0) return work()
    const leave = await this.enter()
    try {
      return work()
    } finally {
      leave()
    }
  }
}

class Driver extends SqliteDriver {
  readonly #database: DatabaseSync
  readonly #queue: ConnectionQueue
  #leave = () => {}

  constructor(database: DatabaseSync, statements: SqliteDatabase, queue: ConnectionQueue) {
    super({ database: statements })
    this.#database = database
    this.#queue = queue
  }

  override async acquireConnection() {
    this.#leave = await this.#queue.enter()
    return super.acquireConnection()
  }

  override async releaseConnection() {
    this.#leave()
  }

  override async beginTransaction(connection: DatabaseConnection) {
    await connection.executeQuery(begin)
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
