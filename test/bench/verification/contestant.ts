import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type PostgresServer, query, startPostgres } from '../../support/postgres.ts'
import { spawnGateway, writeOperations } from '../contestants/index.ts'
import type { SandboxHandlers } from '../contestants/sandbox.ts'
import type { SendBy } from '../operations.ts'
import { Child } from '../process/child.ts'

/** Milliseconds that a sync takes on the slow disk: an ordinary network volume. */
export const slowSyncMs = 5

export const stores = ['embedded', 'embedded, slow disk', 'PostgreSQL'] as const
export type StoreKind = (typeof stores)[number]
export type Contender = { store: StoreKind; tree?: string } | 'recipe'

/** One that verifications are measured of, with the sandbox that it asks. */
export interface Verifier {
  url: string
  server: Child
  sendBy: SendBy
  sandboxUrl: string
  controlToken: string
  /** Syncs of the server so far; null where they cannot be counted. */
  syncs(): number | null
  /** Transactions of its database so far; null without one. */
  transactions(): Promise<number | null>
  stop(): Promise<void>
}

const at = (path: string) => new URL(path, import.meta.url)

/** What the contenders share: the built shim, and one PostgreSQL. */
export class Laboratory {
  readonly folder = mkdtempSync(join(tmpdir(), 'verification-bench-'))
  /** Null without a C compiler: then syncs are not counted, and no disk is slow. */
  readonly shim: string | null
  readonly #operations = writeOperations()
  #postgres: Promise<PostgresServer> | null = null
  #count = 0

  constructor() {
    const shim = join(this.folder, 'sync-shim.so')
    const source = fileURLToPath(at('./sync-shim.c'))
    const { status } = spawnSync('cc', ['-shared', '-fPIC', '-O2', '-o', shim, source, '-ldl'])
    this.shim = process.platform === 'linux' && status === 0 ? shim : null
  }

  /** Starts one anew, with nothing in its store. */
  async start(contender: Contender): Promise<Verifier> {
    const sandbox = new Child<SandboxHandlers>(at('../contestants/sandbox.ts'))
    try {
      const sandboxUrl = await sandbox.listening()
      const database =
        contender !== 'recipe' && contender.store === 'PostgreSQL' ? await this.#database() : null
      const counter = join(this.folder, `syncs-${this.#count++}`)
      writeFileSync(counter, Buffer.alloc(8))
      const spawned = this.#spawn(contender, sandboxUrl, database, counter)
      return {
        url: await spawned.server.listening(),
        server: spawned.server,
        sendBy: contender === 'recipe' ? 'text' : 'hash',
        sandboxUrl,
        controlToken: await sandbox.call('controlToken'),
        syncs: () => (this.shim === null ? null : Number(readFileSync(counter).readBigInt64LE())),
        transactions: async () => (database === null ? null : transactionsOf(database)),
        async stop() {
          await spawned.stop()
          await sandbox.stop()
        },
      }
    } catch (error) {
      await sandbox.stop()
      throw error
    }
  }

  async close(): Promise<void> {
    await (await this.#postgres)?.close()
    await this.#operations.stop()
    rmSync(this.folder, { recursive: true })
  }

  #spawn(contender: Contender, sandboxUrl: string, database: string | null, counter: string) {
    if (contender === 'recipe') {
      const server = new Child(at('../contestants/recipe.ts'), { PORTMONE_URL: sandboxUrl })
      return { server, stop: () => server.stop() }
    }
    const { store, tree } = contender
    const delayUs = store === 'embedded, slow disk' ? slowSyncMs * 1_000 : 0
    return spawnGateway(sandboxUrl, {
      ...(tree !== undefined && { tree }),
      env: {
        OPERATIONS_FILES: this.#operations.file,
        ...(this.shim !== null && {
          LD_PRELOAD: this.shim,
          SYNC_COUNT: counter,
          SYNC_DELAY_US: `${delayUs}`,
        }),
        ...(database !== null && { DATABASE_URL: database }),
      },
    })
  }

  async #database(): Promise<string> {
    this.#postgres ??= startPostgres()
    return (await this.#postgres).createDatabase()
  }
}

/** Read from another database, so that reading does not count. The server counts with a delay of about a second. */
async function transactionsOf(url: string): Promise<number> {
  const { pathname } = new URL(url)
  const elsewhere = new URL(url)
  elsewhere.pathname = '/postgres'
  const read = async () => {
    const sql = 'select xact_commit::int as count from pg_stat_database where datname = $1'
    const [row] = (await query(elsewhere.href, sql, [pathname.slice(1)])) as { count: number }[]
    return row?.count ?? 0
  }
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  return read()
}
