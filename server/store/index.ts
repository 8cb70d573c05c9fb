import type { Store } from '../share-requests/store.ts'
import { openPostgresStore } from './postgres.ts'
import { openSqliteStore } from './sqlite.ts'

export { openPostgresStore, type PostgresOptions } from './postgres.ts'
export { openSqliteStore, type SqliteOptions } from './sqlite.ts'

export interface StoreConfig {
  /** Of a PostgreSQL. Without it, the store is in `dataDir`. */
  databaseUrl?: string | undefined
  dataDir: string
  /** False for a command-line tool, which works beside a gateway on the same data folder. */
  exclusive?: boolean
}

/** Opens the store that `config` names. Rejects with a StoreUnavailable whose message says how to mend it. */
export function openStore({ databaseUrl, dataDir, exclusive = true }: StoreConfig): Promise<Store> {
  return databaseUrl === undefined
    ? openSqliteStore({ dataDir, exclusive })
    : openPostgresStore({ url: databaseUrl })
}
