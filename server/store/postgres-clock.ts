import { type Kysely, sql } from 'kysely'
import type { Tables } from './tables.ts'

/**
 * The database's clock, which all gateways use. It is this process's monotonic clock plus a measured offset, so that
 * steps of this machine's clock do not matter.
 */
export class PostgresClock {
  readonly #monotonicNow: () => number
  #offset: number | null = null

  /** @param monotonicNow milliseconds since any time. */
  constructor(monotonicNow: () => number) {
    this.#monotonicNow = monotonicNow
  }

  /** Whole milliseconds since the epoch. */
  now(): number {
    return Math.round(this.#monotonicNow() + (this.#offset ?? 0))
  }

  /** Measures the offset, with an error of at most half the time of the answer. Smaller differences are ignored. */
  async set(db: Kysely<Tables>): Promise<void> {
    const before = this.#monotonicNow()
    const { rows } = await sql<{ now: number }>`
      select (extract(epoch from clock_timestamp()) * 1000)::float8 as now
    `.execute(db)
    const after = this.#monotonicNow()
    const offset = rows[0]!.now - (before + after) / 2
    if (this.#offset === null || Math.abs(offset - this.#offset) > (after - before) / 2) this.#offset = offset
  }
}
