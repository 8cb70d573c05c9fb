import type { CompiledQuery, Kysely, QueryResult } from 'kysely'
import type { Dialect } from './backend.ts'
import type { Tables } from './tables.ts'

/** Placeholder in a compiled query for a value of each run. */
class Placeholder {
  readonly #read: (values: object) => unknown

  constructor(read: (values: object) => unknown) {
    this.#read = read
  }

  bind(values: object): unknown {
    return this.#read(values)
  }
}

/** A parameter made from one of the values of a prepared query. */
export function derived<Value, Result>(value: Value, derive: (value: Value) => Result): Result | Placeholder {
  if (!(value instanceof Placeholder)) return derive(value)
  return new Placeholder((values) => derive(value.bind(values) as Value))
}

type Build<Values extends object, Row> = (
  db: Kysely<Tables>,
  values: Values,
  dialect: Dialect,
) => { compile(): CompiledQuery<Row> }

export interface Prepared<Values, Row> {
  /** Runs it. */
  (db: Kysely<Tables>, dialect: Dialect, values: Values): Promise<QueryResult<Row>>
  /** The query with these values. */
  bind(db: Kysely<Tables>, dialect: Dialect, values: Values): CompiledQuery<Row>
}

/**
 * A query that is built once for each database, since building takes longer than most queries do. `build` may only pass
 * `values` on as parameters, each by its name: while it runs they are placeholders.
 */
export function prepared<Values extends object, Row>(build: Build<Values, Row>): Prepared<Values, Row> {
  const placeholders = new Proxy({} as Values, {
    get: (_, name) => new Placeholder((values) => Reflect.get(values, name)),
  })
  const compiled = new WeakMap<Dialect, CompiledQuery<Row>>()
  const bind: Prepared<Values, Row>['bind'] = (db, dialect, values) => {
    let query = compiled.get(dialect)
    if (query === undefined) {
      query = build(db, placeholders, dialect).compile()
      compiled.set(dialect, query)
    }
    const valueFor = (parameter: unknown) =>
      parameter instanceof Placeholder ? parameter.bind(values) : parameter
    return { ...query, parameters: query.parameters.map(valueFor) }
  }
  const run = (db: Kysely<Tables>, dialect: Dialect, values: Values) => {
    const query = bind(db, dialect, values)
    return db.isTransaction ? db.executeQuery(query) : dialect.run(query)
  }
  return Object.assign(run, { bind })
}
