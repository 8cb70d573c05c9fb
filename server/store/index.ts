import type { Store } from '../share-requests/store.ts'
import { openSqliteStore } from './sqlite.ts'

export { openSqliteStore, type SqliteOptions } from './sqlite.ts'

export interface StoreConfig {
  /** URL of a PostgreSQL. Without it, the store is in `dataDir`. */
  databaseUrl?: string | undefined
  dataDir: string
  /** False for a command-line tool, which works beside a gateway on the same data folder. */
  exclusive?: boolean
  /** Milliseconds since the epoch, for the store in `dataDir`: PostgreSQL has its own clock. */
  clock?: (() => number) | undefined
}

/** Opens the store that `config` names. Rejects with a StoreUnavailable whose message says how to fix it. */
export async function openStore(config: StoreConfig): Promise<Store> {
  const { databaseUrl, dataDir, exclusive = true, clock } = config
  if (databaseUrl === undefined) return openSqliteStore({ dataDir, exclusive, ...(clock && { clock }) })
  // Loaded here, since a gateway with the embedded store starts faster without it.
  const { openPostgresStore } = await import('./postgres.ts')
  return openPostgresStore({ url: databaseUrl })
}
