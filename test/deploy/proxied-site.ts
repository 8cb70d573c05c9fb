import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import type { Sandbox } from '../../portmone/sandbox/sandbox.ts'
import { overHttp, overSse, overWebSocket } from '../support/clients.ts'
import { create, operations, statusesOf } from '../support/operations.ts'
import { pathOf } from '../support/program.ts'
import { testPartner } from '../support/stage.ts'
import { type GatewayProcess, startGatewayProcess } from './gateways.ts'

/** Two gateways on one database, to be put behind a proxy at `publicUrl`. */
export const startTwoGateways = (publicUrl: string, databaseUrl: string, sandbox: Sandbox) =>
  Promise.all(
    [1, 2].map(() =>
      startGatewayProcess({
        PUBLIC_URL: publicUrl,
        TRUSTED_PROXIES: '1',
        DATABASE_URL: databaseUrl,
        GATEWAY_SECRET: 'q0W3e7R1t5Y9u2I6o4P8a0S3d7F1g5H9',
        PORTMONE_URL: sandbox.url,
        PORTMONE_CLIENT_ID: testPartner.clientId,
        PORTMONE_CLIENT_SECRET: testPartner.clientSecret,
        POLICIES_FILE: pathOf('server/share-requests/sample-policies.json'),
        CREATES_PER_MINUTE: '100000',
        SHUTDOWN_DELAY: '3',
        SHUTDOWN_GRACE: '5',
      }),
    ),
  )

/** Runs a proxy until it is stopped. Resolves when `isReady` no longer throws; rejects if the proxy ends before. */
export async function startProxy(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  isReady: () => Promise<void>,
) {
  const child = spawn(command, args, {
    env: { PATH: `${process.env.PATH}:/usr/sbin`, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const exited = once(child, 'exit')
  const failed = exited.then(([code]) => {
    throw new Error(`${command} ended with ${code}.`)
  })
  await Promise.race([vi.waitFor(isReady, 10_000), failed])
  return {
    async stop(signal: NodeJS.Signals) {
      child.kill(signal)
      await exited
    },
  }
}
export type ProxyProcess = Awaited<ReturnType<typeof startProxy>>

interface Site {
  url: string
  sandbox: Sandbox
  gateways: readonly GatewayProcess[]
}

/** As deploy/README.md says: a proxy that checks /readyz every second has then seen that a gateway is ready. */
const untilNoticedMs = 2_000

/** What any proxy in front of two gateways must be able to do. */
export function testProxiedSite(siteOf: () => Site): void {
  test('serves the page and its files, and keeps metrics and probes inside', async () => {
    const { url } = siteOf()
    const page = await (await fetch(`${url}/`)).text()
    expect(page).toContain('<div id="root"')
    for (const internal of ['/metrics', '/readyz', '/healthz'])
      expect((await fetch(url + internal)).status, internal).toBe(404)
  })

  test.each(Object.entries({ WebSocket: overWebSocket, 'server-sent events': overSse }))(
    'a customer is verified over %s',
    async (_, connect) => {
      const { url, sandbox } = siteOf()
      const customer = overHttp(url)
      const { id, clientSecret, code } = await create(customer)
      const follower = connect(url)
      const events = follower.subscribe(operations.follow, { id, clientSecret })
      // Arrives at once, not only when a buffer of the proxy is full.
      expect((await events.next()).value.data.shareRequestStatus.__typename).toBe('PendingStatus')
      sandbox.approve(code, 'adult')
      await customer.run(operations.check, { input: { id, clientSecret } })
      expect(await statusesOf(events)).toEqual([['ApprovedStatus', 2]])
      await follower.dispose()
    },
  )

  test('a rolling restart fails no request', { timeout: 120_000 }, async () => {
    const { url, gateways } = siteOf()
    const customer = overHttp(url)
    const { id, clientSecret } = await create(customer)
    let isRestarting = true
    let answered = 0
    const failures: unknown[] = []
    const ask = async () => {
      while (isRestarting)
        try {
          const { data, errors } = await customer.run(operations.read, { id, clientSecret })
          expect(errors).toBeUndefined()
          expect(data.shareRequest.status.__typename).toBe('PendingStatus')
          await create(customer)
          answered++
        } catch (error) {
          failures.push(error)
        }
    }
    const customers = Array.from({ length: 8 }, ask)
    for (const gateway of gateways) {
      await gateway.restart()
      await delay(untilNoticedMs)
    }
    isRestarting = false
    await Promise.all(customers)
    expect(failures).toEqual([])
    expect(answered).toBeGreaterThan(50)
  })
}
