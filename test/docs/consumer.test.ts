import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { demoPartner } from '../../portmone/sandbox/partners.ts'
import { makePartnerKey } from '../../server/share-requests/partner-keys.ts'
import { openSqliteStore } from '../../server/store/index.ts'
import { fixedPort, Killable, randomFrom } from '../crash/process.ts'
import { overHttp } from '../support/clients.ts'
import { operations } from '../support/operations.ts'

/** Set CRASH_SEED to repeat a run's random choices. */
const seed = Number(process.env.CRASH_SEED ?? randomInt(2 ** 31))
const root = fileURLToPath(new URL('../..', import.meta.url))
const created = 40

/** The document's consumer, a gateway and a sandbox as processes. */
async function startWorld() {
  // Below the repository, so that the consumer finds graphql-ws.
  mkdirSync(join(root, 'test-results'), { recursive: true })
  const folder = mkdtempSync(join(root, 'test-results', 'consumer-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const [, script] =
    /```js consumer\.mjs\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/api.md'), 'utf8')) ?? []
  if (script === undefined) throw new Error('docs/api.md has no consumer.mjs')
  writeFileSync(join(folder, 'consumer.mjs'), script)

  const dataDir = join(folder, 'gateway')
  const stateFile = join(folder, 'changes.json')
  const [port, sandboxPort] = [await fixedPort(), await fixedPort()]
  const sandbox = new Killable(
    'portmone/sandbox/main.ts',
    { SANDBOX_PORT: sandboxPort, SANDBOX_DATA_DIR: join(folder, 'sandbox') },
    /State/,
  )
  const gateway = new Killable(
    'server/main.ts',
    {
      ...{ PORT: port, DATA_DIR: dataDir, GATEWAY_SECRET: randomBytes(32).toString('base64') },
      ...{ PORTMONE_URL: `http://127.0.0.1:${sandboxPort}`, PORTMONE_CLIENT_ID: demoPartner.clientId },
      PORTMONE_CLIENT_SECRET: demoPartner.clientSecret,
      POLICIES_FILE: join(root, 'server/share-requests/sample-policies.json'),
      ...{ UPSTREAM_BUDGET: '1000', CREATES_PER_MINUTE: '1000000', CHECKS_PER_MINUTE: '1000000' },
    },
    /gateway listening/,
  )
  await sandbox.start()
  await gateway.start()
  const store = await openSqliteStore({ dataDir, exclusive: false })
  const { key, stored } = makePartnerKey('consumer', ['share-requests:read'], store.now())
  await store.insertPartnerKey(stored)
  await store.close()
  const consumer = new Killable(
    join(folder, 'consumer.mjs').slice(root.length),
    { GATEWAY_URL: `ws://127.0.0.1:${port}/graphql`, PARTNER_KEY: key, STATE_FILE: stateFile },
    /./,
  )
  const readState = (): { after: string | null; versions: Record<string, number> } => {
    try {
      return JSON.parse(readFileSync(stateFile, 'utf8'))
    } catch {
      return { after: null, versions: {} }
    }
  }
  return {
    ...{ gateway, consumer, readState, url: `http://127.0.0.1:${port}` },
    async [Symbol.asyncDispose]() {
      await Promise.all([consumer.kill(), gateway.kill(), sandbox.kill()])
    },
  }
}

/** Creates and cancels one, and retries until both succeed, whatever is killed meanwhile. @returns its id. */
async function createAndCancel(url: string, signal: AbortSignal): Promise<string> {
  const input = { policy: 'kyc-basic', idempotencyKey: randomUUID() }
  for (;;) {
    try {
      const client = overHttp(url)
      const { data } = await client.run(operations.create, { input })
      const { shareRequest, clientSecret } = data.createShareRequest
      const cancel = { input: { id: shareRequest.id, clientSecret } }
      const cancelled = await client.run(operations.cancel, cancel)
      if (cancelled.data.cancelShareRequest.__typename === 'ShareRequest') return shareRequest.id
    } catch {
      // The gateway is down, or another attempt holds the key.
    }
    await delay(100, undefined, { signal })
  }
}

test('the consumer misses nothing, whether it or the gateway is killed', { timeout: 180_000 }, async ({
  signal,
}) => {
  const random = randomFrom(seed)
  await using world = await startWorld()
  const { gateway, consumer, url, readState } = world
  consumer.spawn()
  await expect.poll(() => readState().after, { timeout: 60_000 }).not.toBeNull()

  const creating = Array.from({ length: created }, async () => {
    await delay(random() * 6_000, undefined, { signal })
    return createAndCancel(url, signal)
  })
  creating.push(
    (async () => {
      for (let kills = 0; kills < 6; kills++) {
        await delay(random() * 1_500, undefined, { signal })
        if (kills % 2 === 0) {
          await consumer.kill()
          await delay(random() * 500, undefined, { signal })
          consumer.spawn()
        } else {
          await gateway.kill()
          await gateway.start()
        }
      }
      return createAndCancel(url, signal)
    })(),
  )
  const ids = await Promise.all(creating)
  const expected = Object.fromEntries(ids.map((id) => [id, 2]))
  await expect
    .poll(() => readState().versions, { timeout: 60_000, message: `seed ${seed}`, interval: 100 })
    .toEqual(expected)
  for (const id of ids) {
    expect(consumer.output).toContain(`${id} PendingStatus`)
    expect(consumer.output).toContain(`${id} CancelledStatus`)
  }
})
