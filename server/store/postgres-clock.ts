import { type Kysely, sql } from 'kysely'
import type { Tables } from './tables.ts'

/** The database's clock, by which all gateways go: this process's own, set right by the difference between the two. */
export class PostgresClock {
  readonly #clock: () => number
  #offset: number | null = null

  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** Milliseconds since the epoch, whole. */
  now(): number {
    return Math.round(this.#clock() + (this.#offset ?? 0))
  }

  /** Measures the difference, exact to half the time that the answer takes; one within that of the old is kept. */
  async set(db: Kysely<Tables>): Promise<void> {
    const before = this.#clock()
    const { rows } = await sql<{ now: number }>`
      select (extract(epoch from clock_timestamp()) * 1000)::float8 as now
    `.execute(db)
    const after = this.#clock()
    const offset = rows[0]!.now - (before + after) / 2
    if (this.#offset === null || Math.abs(offset - this.#offset) > (after - before) / 2) this.#offset = offset
  }
}
