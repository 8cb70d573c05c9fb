import type { CompiledQuery, QueryId, QueryResult } from 'kysely'
import { type Pool, type PoolClient, Query, type ResultBuilder } from 'pg'

/**
 * Runs queries that were built once as prepared statements of PostgreSQL, past Kysely. Each connection sends a text the
 * first time only, and the server parses it once.
 *
 * Rows that a query reads come as one column of JSON, because each answer describes its columns. The type of that column
 * stays the same when a newer gateway adds a column to a table; PostgreSQL refuses to run a prepared statement whose
 * result has changed its type.
 */
export class NamedStatements {
  readonly #pool: Pool
  readonly #onQuery: ((query: CompiledQuery) => void) | undefined
  readonly #texts = new WeakMap<QueryId, string>()

  /** @param onQuery called for every query. */
  constructor(pool: Pool, onQuery?: (query: CompiledQuery) => void) {
    this.#pool = pool
    this.#onQuery = onQuery
  }

  async run<Row>(query: CompiledQuery<Row>): Promise<QueryResult<Row>> {
    const text = this.#textOf(query)
    this.#onQuery?.({ ...query, sql: text })
    const client = await this.#pool.connect()
    try {
      const { rows, rowCount } = await send(client, query.queryId.queryId, text, query.parameters)
      return {
        rows: text === query.sql ? rows : rows.map(({ row }) => row),
        numAffectedRows: BigInt(rowCount ?? 0),
      }
    } catch (error) {
      // Otherwise its stack would begin where the answer was read.
      if (error instanceof Error) Error.captureStackTrace(error)
      throw error
    } finally {
      client.release()
    }
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

/** Passes the name to `pg` without an object, because it would copy that by its property descriptors, which takes long. */
function send(
  client: PoolClient,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<ResultBuilder> {
  const { promise, resolve, reject } = Promise.withResolvers<ResultBuilder>()
  const query = new Query(text, values as unknown[], (error, result) =>
    error ? reject(error) : resolve(result),
  )
  client.query(Object.assign(query, { name }))
  return promise
}
