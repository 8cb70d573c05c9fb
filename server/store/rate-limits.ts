import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRes,
} from 'rate-limiter-flexible'
import { RateLimited } from '../share-requests/errors.ts'
import type { RateLimits } from '../share-requests/rate-limits.ts'

const minute = 60

/** Any number, the same in all gateways. The lock is held while the table is created, which must not happen twice at once. */
const tableLock = 7_206_311

const table = 'rate_limits'

export interface RateLimitSettings {
  createsPerMinute: number
  factsPerMinute: number
  /** URL of the PostgreSQL in which several gateways count together. Without it, each counts alone. */
  databaseUrl?: string | undefined
}

type Limiter = (keyPrefix: string, points: number) => RateLimiterAbstract

/** Rejects with the error of `pg` if the table cannot be created. */
export async function openRateLimits(
  settings: RateLimitSettings,
): Promise<RateLimits & { close(): Promise<void> }> {
  const { createsPerMinute, factsPerMinute, databaseUrl } = settings
  const { limiter, close } =
    databaseUrl === undefined ? { limiter: inMemory, close: async () => {} } : await inPostgres(databaseUrl)
  const facts = limiter('facts', factsPerMinute)
  const createsByAllowance = new Map<number, RateLimiterAbstract>()
  const creates = (allowance: number) => {
    const known = createsByAllowance.get(allowance)
    if (known !== undefined) return known
    const prefix = allowance === 1 ? 'create' : `create-${allowance}`
    const made = limiter(prefix, createsPerMinute * allowance)
    createsByAllowance.set(allowance, made)
    return made
  }
  return {
    // In sequence: a caller over its own limit uses up nothing of the limits that it shares.
    async create(callers) {
      for (const { name, allowance } of callers) await take(creates(allowance), name)
    },
    facts: (keyId) => take(facts, keyId),
    close,
  }
}

const inMemory: Limiter = (keyPrefix, points) =>
  new RateLimiterMemory({ keyPrefix, points, duration: minute })

/** While the database is unavailable, each gateway counts in memory. */
async function inPostgres(connectionString: string): Promise<{ limiter: Limiter; close(): Promise<void> }> {
  // Loaded here, since a gateway with the embedded store starts faster without it.
  const { Pool } = await import('pg')
  const pool = new Pool({
    ...{ connectionString, application_name: 'portmone-gateway-limits', max: 4, keepAlive: true },
    ...{ connectionTimeoutMillis: 2_000, statement_timeout: 2_000, query_timeout: 3_000 },
  })
  // A connection that breaks is removed from the pool; without a listener, these events would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  try {
    // Statements sent together are one transaction, which releases the lock at its end.
    await pool.query(`select pg_advisory_xact_lock(${tableLock});
      create table if not exists ${table} (key varchar(255) primary key, points integer not null, expire bigint)`)
  } catch (error) {
    await pool.end()
    throw error
  }
  const limiter: Limiter = (keyPrefix, points) =>
    new RateLimiterPostgres({
      ...{ storeClient: pool, storeType: 'pool', tableName: table, tableCreated: true },
      ...{ keyPrefix, points, duration: minute, insuranceLimiter: inMemory(keyPrefix, points) },
    })
  return { limiter, close: () => pool.end() }
}

async function take(limiter: RateLimiterAbstract, key: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (refused) {
    if (refused instanceof RateLimiterRes)
      throw new RateLimited(Math.max(1, Math.ceil(refused.msBeforeNext / 1000)))
    throw refused
  }
}
