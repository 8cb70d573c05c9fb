import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { demoPartner } from '../../portmone/sandbox/partners.ts'
import { type Journey, type Plan, travel } from './customer.ts'
import { fixedPort, Killable, randomFrom } from './process.ts'
import { StreamConsumer } from './stream-consumer.ts'
import { column, expectNoOtherCodes, expectRemembered, expectRightEnd } from './verdict.ts'

/** Set CRASH_SEED to repeat a run's random choices. Its timing cannot be repeated. */
const seed = Number(process.env.CRASH_SEED ?? randomInt(2 ** 31))
/** Milliseconds. Even a busy machine needs only a third of it. */
const timeout = 300_000

/** The gateway and the sandbox as processes that keep their folders and ports. */
async function startWorld() {
  const random = randomFrom(seed)
  const folder = mkdtempSync(join(tmpdir(), 'crash-'))
  const [port, sandboxPort] = [await fixedPort(), await fixedPort()]
  const gatewayUrl = `http://127.0.0.1:${port}`
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`
  const files = { gateway: join(folder, 'gateway'), sandbox: join(folder, 'sandbox') }
  const sandbox = new Killable(
    'portmone/sandbox/main.ts',
    { SANDBOX_PORT: sandboxPort, SANDBOX_DATA_DIR: files.sandbox },
    /State/,
  )
  const gateway = new Killable(
    'server/main.ts',
    {
      PORT: port,
      GATEWAY_SECRET: randomBytes(32).toString('base64'),
      PORTMONE_URL: sandboxUrl,
      PORTMONE_CLIENT_ID: demoPartner.clientId,
      PORTMONE_CLIENT_SECRET: demoPartner.clientSecret,
      POLICIES_FILE: fileURLToPath(
        new URL('../../server/share-requests/sample-policies.json', import.meta.url),
      ),
      DATA_DIR: files.gateway,
      UPSTREAM_BUDGET: '1000',
      CREATES_PER_MINUTE: '1000000',
      CHECKS_PER_MINUTE: '1000000',
      FACTS_PER_MINUTE: '1000000',
    },
    /gateway listening/,
  )
  // A killed process writes no cache of compiled code, without which its starts take most of the time.
  for (const program of [sandbox, gateway]) await program.run('--help')
  let controlToken = ''
  const over = new AbortController()
  const journeys: Promise<Journey>[] = []
  return {
    ...{ random, gateway, sandbox, gatewayUrl, files },
    async startSandbox() {
      controlToken = /Control token\s+(\S+)/.exec(await sandbox.start())?.[1] ?? ''
      // So that some creations are in progress at a kill.
      const response = await fetch(`${sandboxUrl}/control/faults`, {
        method: 'POST',
        headers: { authorization: `Bearer ${controlToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ kind: 'latency', ms: 30, call: 'create' }),
      })
      expect(response.status).toBe(201)
    },
    /** Adds a customer who starts within `startsWithin` milliseconds. */
    send(startsWithin: number) {
      const answer: Journey['answer'] = journeys.length % 2 === 0 ? 'approve' : 'decline'
      const plan: Plan = {
        ...{ key: randomUUID(), gateway: 0, answer },
        ...{ answersAfter: random() * 1_500, hints: random() < 0.7 },
      }
      const around = {
        gatewayUrls: [gatewayUrl],
        sandboxUrl,
        controlToken: () => controlToken,
        signal: over.signal,
      }
      const journey = delay(random() * startsWithin).then(() => travel(around, plan))
      journey.catch(() => {}) // The error surfaces where all journeys are awaited.
      journeys.push(journey)
    },
    arrivals: () => Promise.all(journeys),
    async [Symbol.asyncDispose]() {
      over.abort()
      await Promise.allSettled([gateway.kill(), sandbox.kill(), ...journeys])
      rmSync(folder, { recursive: true })
    },
  }
}

type World = Awaited<ReturnType<typeof startWorld>>

test('a gateway that is killed at any moment loses nothing and delivers nothing twice', { timeout }, async ({
  signal,
}) => {
  const rounds = 30
  await using world = await startWorld()
  const { random, gateway } = world
  await world.startSandbox()
  await gateway.start()
  await using consumer = await StreamConsumer.start([world.gatewayUrl], { dataDir: world.files.gateway })
  await gateway.kill()
  for (let round = 0; round < rounds; round++) {
    signal.throwIfAborted()
    if (round % 5 === 4) {
      // Kill it while it starts.
      gateway.spawn()
      await delay(random() * 1_000)
    } else {
      await gateway.start()
      for (let customer = 0; customer < 3; customer++) world.send(150)
      await delay(random() * 500)
    }
    await gateway.kill()
  }
  await gateway.start()
  await conclude(world, `the gateway was killed ${rounds} times`, consumer)
})

test('after Portmone is killed at any moment, the gateway retries and never requests a second code', {
  timeout,
}, async ({ signal }) => {
  const rounds = 6
  await using world = await startWorld()
  const { random, sandbox } = world
  await world.startSandbox()
  await world.gateway.start()
  for (let round = 0; round < rounds; round++) {
    signal.throwIfAborted()
    for (let customer = 0; customer < 4; customer++) world.send(200)
    await delay(random() * 400)
    await sandbox.kill()
    await world.startSandbox()
  }
  await conclude(world, `the sandbox was killed ${rounds} times`)
})

/** Waits until every customer has seen a terminal state, and checks it against both databases. */
async function conclude(world: World, what: string, consumer?: StreamConsumer) {
  const journeys = await world.arrivals()
  await consumer?.expectEachChangeOnce(journeys)
  const inVain = journeys.filter(({ createdInVain }) => createdInVain > 0).length
  const reconnects = journeys.map(({ seen }) => seen.at(-1)?.connection ?? 0)
  console.log(
    `crash: ${what} under ${journeys.length} share requests, ${inVain} of which were asked for more than once, ` +
      `and ${reconnects.filter((count) => count > 1).length} followed over several connections; CRASH_SEED=${seed}`,
  )
  for (const journey of journeys) {
    expectRightEnd(journey)
    await expectRemembered(world.gatewayUrl, journey)
  }
  expect(world.gateway.output).not.toContain('unexpected error')

  await Promise.all([world.gateway.kill(), world.sandbox.kill()])
  const ids = journeys.map(({ id }) => id).sort()
  expect(new Set(ids).size).toBe(journeys.length)
  using store = new DatabaseSync(join(world.files.gateway, 'gateway.db'))
  expect(column(store, 'pragma integrity_check')).toEqual(['ok'])
  expect(column(store, 'select id from share_requests order by id')).toEqual(ids)
  expect(column(store, 'select id from work')).toEqual([])
  expectNoOtherCodes(join(world.files.sandbox, 'sandbox.sqlite'), journeys)
}
