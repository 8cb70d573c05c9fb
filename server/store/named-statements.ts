import type { CompiledQuery, QueryId, QueryResult } from 'kysely'
import { type Pool, type PoolClient, Query, type ResultBuilder } from 'pg'
import { isReadTimeout } from './postgres-errors.ts'

/** Maximum number of statements that are sent on a connection at once. Each waits for those before it. */
const maxPipelined = 4

interface Statement {
  query: Query
  answered: Promise<ResultBuilder>
  reject(error: unknown): void
  /** The statements that are sent together with it, itself included. */
  pipeline: readonly Statement[]
}

/**
 * Runs queries that were built once as prepared statements of PostgreSQL, past Kysely. Each connection sends a text the
 * first time only, and the server parses it once.
 *
 * Statements of one turn of the event loop are pipelined: a connection sends several without waiting for their answers. Each
 * remains a transaction of its own.
 *
 * Rows that a query reads come as one column of JSON, because each answer describes its columns. The type of that column
 * stays the same when a newer gateway adds a column to a table; PostgreSQL refuses to run a prepared statement whose
 * result has changed its type.
 */
export class NamedStatements {
  readonly #pool: Pool
  readonly #onQuery: ((query: CompiledQuery) => void) | undefined
  readonly #texts = new WeakMap<QueryId, string>()
  #group: Statement[] = []

  /** @param onQuery called for every query. */
  constructor(pool: Pool, onQuery?: (query: CompiledQuery) => void) {
    this.#pool = pool
    this.#onQuery = onQuery
  }

  async run<Row>(query: CompiledQuery<Row>): Promise<QueryResult<Row>> {
    const text = this.#textOf(query)
    this.#onQuery?.({ ...query, sql: text })
    try {
      const { rows, rowCount } = await this.#send(query.queryId.queryId, text, query.parameters)
      return {
        rows: text === query.sql ? rows : rows.map(({ row }) => row),
        numAffectedRows: BigInt(rowCount ?? 0),
      }
    } catch (error) {
      // Otherwise its stack would begin where the answer was read.
      if (error instanceof Error) Error.captureStackTrace(error)
      throw error
    }
  }

  #send(name: string, text: string, values: readonly unknown[]): Promise<ResultBuilder> {
    const { promise, resolve, reject } = Promise.withResolvers<ResultBuilder>()
    const query = new Query(text, values as unknown[], (error, result) => {
      if (!error) return resolve(result)
      // Those behind it fail for the same reason: their connection is closed.
      const failed = isReadTimeout(error) ? statement.pipeline : [statement]
      for (const { reject } of failed) reject(error)
    })
    // Passes the name to `pg` without an object, because it would copy that by its property descriptors, which takes long.
    Object.assign(query, { name })
    const statement: Statement = { query, answered: promise, reject, pipeline: [] }
    if (this.#group.length === 0) setImmediate(() => this.#sendGroup())
    this.#group.push(statement)
    return promise
  }

  #sendGroup(): void {
    const group = this.#group
    this.#group = []
    for (let at = 0; at < group.length; at += maxPipelined)
      void this.#pipeline(group.slice(at, at + maxPipelined))
  }

  async #pipeline(statements: readonly Statement[]): Promise<void> {
    let client: PoolClient
    try {
      client = await this.#pool.connect()
    } catch (error) {
      for (const { reject } of statements) reject(error)
      return
    }
    const { stream } = client.connection
    stream.cork()
    for (const statement of statements) {
      statement.pipeline = statements
      client.query(statement.query)
    }
    stream.uncork()
    await Promise.allSettled(statements.map(({ answered }) => answered))
    client.release()
  }

  #textOf({ queryId, sql }: CompiledQuery): string {
    const known = this.#texts.get(queryId)
    if (known !== undefined) return known
    const isRead = sql.startsWith('select ')
    const text = isRead ? `select row_to_json(found) as row from (${sql}) as found` : sql
    this.#texts.set(queryId, text)
    return text
  }
}
