import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRes,
} from 'rate-limiter-flexible'
import { RateLimited } from '../share-requests/errors.ts'
import type { RateLimits } from '../share-requests/rate-limits.ts'

export interface RateLimitSettings {
  factsPerMinute: number
  /** URL of the PostgreSQL in which several gateways count together. Without it, each counts alone. */
  databaseUrl?: string | undefined
}

/** The tables of `databaseUrl` must exist. */
export async function openRateLimits({
  factsPerMinute,
  databaseUrl,
}: RateLimitSettings): Promise<RateLimits & { close(): Promise<void> }> {
  const options = { keyPrefix: 'facts', points: factsPerMinute, duration: 60 }
  const { limiter, close } =
    databaseUrl === undefined
      ? { limiter: new RateLimiterMemory(options), close: async () => {} }
      : await inPostgres(databaseUrl, options)
  return { facts: (keyId) => take(limiter, keyId), close }
}

/** While the database is unavailable, each gateway counts in memory. */
async function inPostgres(
  connectionString: string,
  options: ConstructorParameters<typeof RateLimiterMemory>[0],
): Promise<{ limiter: RateLimiterAbstract; close(): Promise<void> }> {
  // Loaded here, since a gateway with the embedded store starts faster without it.
  const { Pool } = await import('pg')
  const pool = new Pool({
    ...{ connectionString, application_name: 'portmone-gateway-limits', max: 2, keepAlive: true },
    ...{ connectionTimeoutMillis: 2_000, statement_timeout: 2_000, query_timeout: 3_000 },
  })
  // A connection that breaks is removed from the pool; without a listener, these events would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const limiter = new RateLimiterPostgres({
    ...{ storeClient: pool, storeType: 'pool', tableName: 'rate_limits', tableCreated: true },
    ...{ ...options, insuranceLimiter: new RateLimiterMemory(options) },
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
