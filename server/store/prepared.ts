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

/**
 * A query that is built once for each database, since building takes longer than most queries do. `build` may only pass
 * `values` on as parameters: while it runs they are placeholders.
 */
export function prepared<Values extends object, Row>(build: Build<Values, Row>) {
  const placeholders = new Proxy({} as Values, {
    get: (_, name) => new Placeholder((values) => Reflect.get(values, name)),
  })
  const compiled = new WeakMap<Dialect, CompiledQuery<Row>>()
  return (db: Kysely<Tables>, dialect: Dialect, values: Values): Promise<QueryResult<Row>> => {
    let query = compiled.get(dialect)
    if (query === undefined) {
      query = build(db, placeholders, dialect).compile()
      compiled.set(dialect, query)
    }
    const bind = (parameter: unknown) =>
      parameter instanceof Placeholder ? parameter.bind(values) : parameter
    return db.executeQuery({ ...query, parameters: query.parameters.map(bind) })
  }
}
