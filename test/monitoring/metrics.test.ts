import { expect, test, vi } from 'vitest'
import { createLog } from '../../server/monitoring/log.ts'
import { createMonitoring } from '../../server/monitoring/metrics.ts'
import { streamingTransports } from '../support/clients.ts'
import { create, operations, statusesOf } from '../support/operations.ts'
import { startStage } from '../support/stage.ts'

test.each(Object.entries(streamingTransports))(
  'an event over %s is timed, and the initial status is not',
  async (_, connect) => {
    await using stage = await startStage()
    const count = async () => {
      const metrics = await (await fetch(`${stage.gateway.url}/metrics`)).text()
      return Number(/^portmone_event_latency_seconds_count (\d+)$/m.exec(metrics)?.[1])
    }
    const client = connect(stage.gateway.url)
    const { id, clientSecret, code } = await create(client)
    const stream = client.subscribe(operations.follow, { id, clientSecret })
    await stream.next()
    expect(await count()).toBe(0)
    stage.sandbox.approve(code, 'adult')
    expect(await statusesOf(stream)).toEqual([['ApprovedStatus', 2]])
    expect(await count()).toBe(1)
    await client.dispose()
  },
)

test('the metrics of the dashboards change', async () => {
  await using stage = await startStage()
  const read = async () => (await fetch(`${stage.gateway.url}/metrics`)).text()
  const client = streamingTransports.WebSocket(stage.gateway.url)
  const { id, clientSecret, code } = await create(client)
  const stream = client.subscribe(operations.follow, { id, clientSecret })
  await stream.next()
  const before = await read()
  expect(before).toMatch(/^portmone_subscribers 1$/m)
  expect(before).toMatch(/^portmone_share_requests_pending\{policy="kyc-basic"\} 1$/m)
  expect(before).toMatch(/^portmone_share_requests_pending\{policy="kyc-full"\} 0$/m)
  stage.sandbox.approve(code, 'adult')
  const input = { id, clientSecret }
  await Promise.all([1, 2, 3].map(() => client.run(operations.check, { input })))
  await statusesOf(stream)
  const metrics = await read()
  for (const moved of [
    /^portmone_share_requests_created_total\{policy="kyc-basic",created_by="CUSTOMER"\} 1$/m,
    /^portmone_share_requests_ended_total\{policy="kyc-basic",state="APPROVED",passed="true"\} 1$/m,
    /^portmone_time_to_approval_seconds_count\{policy="kyc-basic"\} 1$/m,
    /^portmone_upstream_seconds_count\{call="facts",result="ok"\} 1$/m,
    /^portmone_checks_saved_total [1-9]\d*$/m,
    /^portmone_sockets 1$/m,
    /^portmone_circuit_state\{state="closed"\} 1$/m,
  ])
    expect(metrics).toMatch(moved)
  await client.dispose()
})

test('errors of Portmone and the open circuit are counted', async () => {
  await using stage = await startStage({
    portmone: { retries: { attempts: 0 }, circuit: { maxFailures: 2, openMs: 600_000 } },
  })
  const read = async () => (await fetch(`${stage.gateway.url}/metrics`)).text()
  const client = streamingTransports.WebSocket(stage.gateway.url)
  const { id, clientSecret } = await create(client)
  stage.sandbox.misbehave({ kind: 'server-error', call: 'status', times: 10 })
  for (let tries = 0; tries < 4; tries++) await client.run(operations.check, { input: { id, clientSecret } })
  const metrics = await read()
  expect(metrics).toMatch(/^portmone_upstream_seconds_count\{call="status",result="unavailable"\} 2$/m)
  expect(metrics).toMatch(/^portmone_circuit_state\{state="open"\} 1$/m)
  expect(metrics).toMatch(/^portmone_upstream_short_circuited_total\{call="status"\} [1-9]\d*$/m)
  await client.dispose()
})

/** The metrics of a gateway whose store counts with `pending`. */
function metricsWith(pending: () => Promise<ReadonlyMap<string, number>>) {
  const { registry, watch } = createMonitoring(createLog('silent'))
  watch({ subscribers: () => 0, sockets: () => 0, pending })
  return () => registry.metrics()
}

test('scrapes within a few seconds share one count of pending share requests', async () => {
  const pending = vi.fn(async () => new Map([['kyc-basic', 3]]))
  const read = metricsWith(pending)
  for (const metrics of [await read(), await read()])
    expect(metrics).toMatch(/^portmone_share_requests_pending\{policy="kyc-basic"\} 3$/m)
  expect(pending).toHaveBeenCalledOnce()
})

test.each([
  ['fails', () => Promise.reject(new Error('away')), 1],
  ['hangs', () => new Promise<never>(() => {}), 0],
])('while the store %s all other metrics are there', async (_, pending, failures) => {
  const read = metricsWith(pending)
  await read()
  const metrics = await read()
  expect(metrics).not.toMatch(/^portmone_share_requests_pending\{/m)
  expect(metrics).toMatch(new RegExp(`^portmone_background_failures_total ${failures}$`, 'm'))
})
