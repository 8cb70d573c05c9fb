import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { startSandbox } from '../../portmone/sandbox/sandbox.ts'
import type { WatcherSettings } from '../../server/watcher/schedule.ts'
import { fixedPort, Killable } from '../crash/process.ts'
import { type PostgresServer, query } from '../support/postgres.ts'
import { gatewaySecret, testPartner } from '../support/stage.ts'

/** Status and facts calls per second of all gateways together: fewer than the watcher would make without a limit. */
export const upstreamBudget = 30
/** Milliseconds. */
export const leaseMs = 3_000
const watcher: Partial<WatcherSettings> = {
  ...{
    leaseMs,
    minPollIntervalMs: 100,
    maxPollIntervalMs: 100,
    unwatchedIntervalMs: 2_000,
    watchTtlMs: 6_000,
  },
}

/** Gateway processes that start together on an empty database, and their sandbox. */
export async function startCluster(postgres: PostgresServer, size: number) {
  await using setup = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'storm-'))
  setup.defer(() => rmSync(folder, { recursive: true }))
  const databaseUrl = await postgres.createDatabase()
  const sandboxFile = join(folder, 'sandbox.sqlite')
  const sandbox = setup.use(await startSandbox({ partners: [testPartner], file: sandboxFile }))
  const env = {
    DATABASE_URL: databaseUrl,
    GATEWAY_SECRET: gatewaySecret,
    PORTMONE_URL: sandbox.url,
    PORTMONE_CLIENT_ID: testPartner.clientId,
    PORTMONE_CLIENT_SECRET: testPartner.clientSecret,
    POLICIES_FILE: fileURLToPath(
      new URL('../../server/share-requests/sample-policies.json', import.meta.url),
    ),
    UPSTREAM_BUDGET: String(upstreamBudget),
    CREATES_PER_MINUTE: '1000000',
    CHECKS_PER_MINUTE: '1000000',
    FACTS_PER_MINUTE: '1000000',
    WATCHER_SETTINGS: JSON.stringify(watcher),
  }
  const start = async () => {
    const port = await fixedPort()
    const main = 'test/cluster/gateway-process.ts'
    const gateway = new Killable(main, { ...env, PORT: port }, /gateway listening/)
    setup.use(gateway)
    await gateway.start()
    return { gateway, url: `http://127.0.0.1:${port}` }
  }
  const started = await Promise.all(Array.from({ length: size }, start))
  const owned = setup.move()
  return {
    ...{ databaseUrl, sandbox, sandboxFile },
    gateways: started.map(({ gateway }) => gateway),
    urls: started.map(({ url }) => url),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

export type Cluster = Awaited<ReturnType<typeof startCluster>>

/** Resolves when each of `size` gateways knows all the others, and so uses only its share of the budget. */
export async function knowEachOther({ databaseUrl }: Cluster, size: number) {
  const alive = async (since: unknown) =>
    query(databaseUrl, 'select alive_until from gateways where alive_until > $1 order by 1 desc', [since])
  const options = { timeout: 30_000, interval: 100 }
  await expect.poll(() => alive(0), options).toHaveLength(size)
  const [last] = (await alive(0)) as { alive_until: string }[]
  await expect.poll(() => alive(last?.alive_until), options).toHaveLength(size)
}

/** What happens to a cluster. Each function resolves when everything runs again. */
export function disasters(
  { databaseUrl, gateways }: Cluster,
  postgres: PostgresServer,
  random: () => number,
) {
  const counts = { kills: 0, cuts: 0, restarts: 0 }
  const pick = (count: number) => {
    const first = Math.floor(random() * gateways.length)
    return Array.from({ length: count }, (_, index) => gateways[(first + index) % gateways.length]!)
  }
  const kill = async (victims: readonly Killable[]) => {
    expect(gateways.map(({ isRunning }) => isRunning)).not.toContain(false)
    counts.kills += victims.length
    await Promise.all(victims.map((victim) => victim.kill()))
  }
  const revive = (victims: readonly Killable[]) => Promise.all(victims.map((victim) => victim.start()))
  return {
    counts,
    async killSome(count: number) {
      const victims = pick(count)
      await kill(victims)
      await delay(random() * 1_000)
      await revive(victims)
    },
    /** Cuts the connections that receive other gateways' changes, which are recognised by their last query. */
    async cutListening() {
      const cut = await query(
        databaseUrl,
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = 'portmone-gateway'
           and (query like 'listen share_request_changes;%' or query = 'select 1')`,
      )
      expect(cut.length).toBeGreaterThan(0)
      counts.cuts += cut.length
    },
    async restartPostgres() {
      counts.restarts++
      await postgres.restart(() => delay(random() * 1_500))
    },
    async restartPostgresAndKillOne() {
      counts.restarts++
      const victims = pick(1)
      await postgres.restart(async () => {
        await delay(random() * 500)
        await kill(victims)
      })
      await revive(victims)
    },
  }
}
