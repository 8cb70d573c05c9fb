import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Journey, type Plan, type Surroundings, travel } from '../crash/customer.ts'
import { randomFrom } from '../crash/process.ts'
import { StreamConsumer } from '../crash/stream-consumer.ts'
import { expectNoOtherCodes, expectRemembered, expectRightEnd } from '../crash/verdict.ts'
import { overHttp } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'
import { type PostgresServer, query, startPostgres } from '../support/postgres.ts'
import { type Cluster, disasters, knowEachOther, leaseMs, startCluster, upstreamBudget } from './processes.ts'

/** Set CRASH_SEED to repeat a run's random choices. Its timing cannot be repeated. */
const seed = Number(process.env.CRASH_SEED ?? randomInt(2 ** 31))
/** Milliseconds. An idle machine needs a tenth of it. */
const timeout = 600_000

let postgres: PostgresServer

beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterAll(() => postgres.close())

/** Customers who verify concurrently. Each begins at the next gateway. */
function startCustomers({ urls, sandbox }: Cluster, random: () => number, count: number, within: number) {
  const over = new AbortController()
  const around: Surroundings = {
    ...{ gatewayUrls: urls, sandboxUrl: sandbox.url, signal: over.signal },
    controlToken: () => sandbox.controlToken,
  }
  const journeys = Array.from({ length: count }, async (_, index) => {
    const answer = index % 2 === 0 ? 'approve' : 'decline'
    const times = { answersAfter: random() * 6_000, hints: random() < 0.5 }
    const plan: Plan = { key: randomUUID(), gateway: index, answer, ...times }
    await delay(random() * within, undefined, { signal: over.signal })
    return travel(around, plan)
  })
  const arrivals = Promise.all(journeys)
  arrivals.catch(() => {}) // Awaited below, unless something fails first.
  return { arrivals, [Symbol.dispose]: () => over.abort() }
}

test.skipIf(process.env.TEST_DATABASE_URL)(
  'three gateways lose nothing, deliver nothing twice and keep one budget, whatever is killed, cut or restarted',
  { timeout },
  async ({ signal }) => {
    const random = randomFrom(seed)
    await using cluster = await startCluster(postgres, 3)
    const { databaseUrl, sandbox, sandboxFile, gateways, urls } = cluster
    await knowEachOther(cluster, 3)
    await using consuming = new AsyncDisposableStack()
    const consumers = await Promise.all(
      urls.map((_, first) => StreamConsumer.start(urls, { databaseUrl, dataDir: '' }, first)),
    )
    for (const consumer of consumers) consuming.use(consumer)

    const begin = performance.now()
    using customers = startCustomers(cluster, random, 300, 20_000)
    // At most one second's worth may have accumulated before: a killed gateway counts as alive for much longer.
    const expectWithinBudget = () => {
      const seconds = (performance.now() - begin) / 1_000
      const checks = sandbox.calls('status').count
      expect(checks).toBeLessThanOrEqual(upstreamBudget * (seconds + 1))
      return `${checks} checks in ${seconds.toFixed(1)} s`
    }
    await delay(6_000, undefined, { signal })
    const calm = expectWithinBudget()
    const storm = disasters(cluster, postgres, random)
    for (const disaster of [
      () => storm.killSome(1),
      () => storm.cutListening(),
      () => storm.killSome(1),
      () => storm.restartPostgres(),
      () => storm.killSome(2),
      () => storm.cutListening(),
      () => storm.restartPostgresAndKillOne(),
      () => storm.killSome(1),
      () => storm.cutListening(),
    ]) {
      await delay(random() * 2_000, undefined, { signal })
      await disaster()
    }
    const journeys = await customers.arrivals
    for (const consumer of consumers) await consumer.expectEachChangeOnce(journeys)
    const subscriptions = consumers.map((consumer) => consumer.subscriptions)
    expect(Math.max(...subscriptions)).toBeGreaterThan(1)
    const creations = sandbox.calls('create').count
    report(journeys, storm.counts, [
      `${expectWithinBudget()}, ${calm} of them before the storm, with a budget of ${upstreamBudget} a second`,
      `Portmone was asked to create ${creations} times`,
      `three consumers of all changes subscribed ${subscriptions.join(', ')} times`,
    ])
    // The reservation of a killed gateway is taken over with its id, for which Portmone returns the same code.
    const inVain = journeys.reduce((sum, { createdInVain }) => sum + createdInVain, 0)
    expect(creations).toBeGreaterThanOrEqual(journeys.length)
    expect(creations).toBeLessThanOrEqual(journeys.length + inVain)

    for (const journey of journeys) expectRightEnd(journey)
    await Promise.all(journeys.map((journey, index) => expectRemembered(urls[index % 3]!, journey)))
    for (const gateway of gateways) expect(errorsIn(gateway.output)).toEqual([])

    await Promise.all(gateways.map((gateway) => gateway.kill()))
    await sandbox.stop()
    expectNoOtherCodes(sandboxFile, journeys)
    expect(await query(databaseUrl, 'select * from work')).toEqual([])
    const rows = await query(
      databaseUrl,
      'select id, state, version, lease_until, lease_holder from share_requests order by id',
    )
    const ends = { approve: 'APPROVED', decline: 'DECLINED' }
    expect(rows).toEqual(
      journeys
        .map(({ id, answer }) => ({
          ...{ id, state: ends[answer], version: 2 },
          ...{ lease_until: '0', lease_holder: null },
        }))
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
    )
  },
)

test('the checks of a killed gateway are taken over as soon as their leases end', {
  timeout,
}, async () => {
  await using cluster = await startCluster(postgres, 2)
  const { databaseUrl, sandbox, gateways, urls } = cluster
  const [url, otherUrl] = [urls[0]!, urls[1]!]
  const { id, clientSecret, code } = await create(overHttp(url), { policy: 'age-over-18' })
  const slow = sandbox.misbehave({ kind: 'latency', ms: 600_000, call: 'status', code, times: 1 })
  const hint = overHttp(url).run(operations.check, { input: { id, clientSecret } })
  hint.catch(() => {}) // The gateway that would answer has been killed.
  await sandbox.reachCalls('status', 1, code)
  sandbox.approve(code)
  await gateways[0]!.kill()
  const killedAt = performance.now()
  expect(await query(databaseUrl, 'select id from work where lease_holder is not null')).toEqual([{ id }])
  sandbox.clearFaults(slow)
  await expect
    .poll(async () => (await overHttp(otherUrl).run(operations.read, { id, clientSecret })).data, {
      timeout: leaseMs + 10_000,
    })
    .toMatchObject({ shareRequest: { status: { __typename: 'ApprovedStatus', version: 2 } } })
  const took = Math.round(performance.now() - killedAt)
  console.log(`storm: taken over ${took} ms after the kill, with a lease of ${leaseMs} ms`)
})

function report(
  journeys: readonly Journey[],
  { kills, cuts, restarts }: { kills: number; cuts: number; restarts: number },
  more: readonly string[],
) {
  const inVain = journeys.filter(({ createdInVain }) => createdInVain > 0).length
  const reconnects = journeys.map(({ seen }) => (seen.at(-1)?.connection ?? 1) - 1)
  const late = journeys
    .map(({ seen }) => seen.find(({ status }) => status.version === 2))
    .map((end) => (end === undefined ? Number.NaN : end.at - Date.parse(end.status.changedAt)))
    .sort((a, b) => a - b)
  const told = [
    `${journeys.length} share requests, ${inVain} of which were asked for more than once`,
    `${kills} gateways killed, ${cuts} LISTEN connections cut, PostgreSQL restarted ${restarts} times`,
    `${reconnects.reduce((sum, count) => sum + count, 0)} reconnects`,
    `the end was told ${late[Math.floor(late.length / 2)]} ms (median), ${late.at(-1)} ms (slowest) after it was`,
    ...more,
    `CRASH_SEED=${seed}`,
  ]
  console.log(`storm: ${told.join('; ')}`)
}

/** The errors that a gateway logged, except those about the unavailable store. */
function errorsIn(output: string): unknown[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line))
    .filter(({ level, err }) => level >= 50 && err?.type !== 'StoreUnavailable')
}
