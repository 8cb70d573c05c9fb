import { randomUUID } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import WebSocket from 'ws'
import { StoreUnavailable } from '../../server/share-requests/store.ts'
import { overHttp, overWebSocket, transports } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'

/** By code. */
async function refusals({ gateway }: Stage): Promise<Record<string, number>> {
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
  const lines = [...metrics.matchAll(/^portmone_refusals_total\{code="(\w+)"\} (\d+)$/gm)]
  return Object.fromEntries(lines.map(([, code = '', count]) => [code, Number(count)]))
}

const logged = ({ logs }: Stage) => logs.map((line) => JSON.parse(line))
const keyIdOf = (key: string) => key.split('_')[1]

test.each(Object.entries(transports))('counts each refusal over %s once, by its code', async (_, connect) => {
  await using stage = await startStage({ config: { createsPerMinute: 1 } })
  const customer = connect(stage.gateway.url)
  const partner = connect(stage.gateway.url, await stage.partnerKey(['share-requests:read']))
  const { id } = await create(customer)
  expect(await refusals(stage)).toEqual({})

  const input = { policy: 'kyc-basic', idempotencyKey: randomUUID() }
  const limited = await customer.run(operations.create, { input })
  expect(limited.data.createShareRequest.__typename).toBe('RateLimited')
  for (let times = 0; times < 2; times++) await customer.run('{ nothing }')
  await customer.run('{')
  await customer.run(operations.list)
  await partner.run(operations.cancel, { input: { id } })
  await partner.run(operations.facts, { id })
  await customer.run(operations.read, {})
  expect(await refusals(stage)).toEqual({
    RATE_LIMITED: 1,
    GRAPHQL_VALIDATION_FAILED: 2,
    GRAPHQL_PARSE_FAILED: 1,
    UNAUTHENTICATED: 1,
    FORBIDDEN: 2,
    BAD_USER_INPUT: 1,
  })
  await Promise.all([customer.dispose(), partner.dispose()])
})

test('counts what is refused before it reaches GraphQL', async () => {
  await using stage = await startStage({ config: { publicUrl: 'https://shop.example' } })
  const { url } = stage.gateway
  await fetch(`${url}/graphql`, { method: 'POST', body: 'x' })
  await fetch(`${url}/%6detrics`)
  await fetch(`${url}/secure`, { method: 'POST', headers: { origin: 'https://evil.example' } })
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, { origin: 'https://evil.example' })
  await new Promise((resolve) => socket.once('error', resolve))
  expect(await refusals(stage)).toEqual({
    UNSUPPORTED_MEDIA_TYPE: 1,
    NOT_FOUND: 1,
    ORIGIN_NOT_ALLOWED: 2,
  })
})

test('logs refusals once per second, code and partner key', async () => {
  await using stage = await startStage()
  const [one, other] = [await stage.partnerKey(['facts:read']), await stage.partnerKey(['facts:read'])]
  const unknown = one.replace(/_[0-9a-f]{18}_/, `_${'0'.repeat(18)}_`)
  for (let times = 0; times < 20; times++)
    for (const key of [one, other, unknown]) await overHttp(stage.gateway.url, key).run(operations.list)
  await expect(overWebSocket(stage.gateway.url, unknown).run(operations.list)).rejects.toBeDefined()
  await stage.gateway.stop()

  const lines = logged(stage).filter(({ msg }) => msg === 'refused')
  const total = (reason: string, keyId: string | undefined) => {
    const matching = lines.filter((line) => line.reason === reason && line.keyId === keyId)
    return matching.reduce((sum, { count = 1 }) => sum + count, 0)
  }
  expect(total('FORBIDDEN', keyIdOf(one))).toBe(20)
  expect(total('FORBIDDEN', keyIdOf(other))).toBe(20)
  expect(total('UNAUTHENTICATED', '0'.repeat(18))).toBe(21)
  expect(lines.length).toBeLessThan(15)
  expect(lines.every(({ level }) => level === 'warn')).toBe(true)
  await stage.restartGateway()
})

test('logs each read of facts: key, share request and kinds, without values', async () => {
  await using stage = await startStage()
  const customer = overHttp(stage.gateway.url)
  const key = await stage.partnerKey()
  const { id, clientSecret, code } = await create(customer)
  stage.sandbox.approve(code, 'adult')
  await customer.run(operations.check, { input: { id, clientSecret } })
  for (const connect of [overHttp, overWebSocket]) {
    const partner = connect(stage.gateway.url, key)
    const { data } = await partner.run(operations.facts, { id })
    expect(data.shareRequest.facts.nationality).toBeDefined()
    await partner.dispose()
  }
  const reads = logged(stage).filter(({ msg }) => msg === 'facts read')
  const expected = {
    ...{ level: 'info', keyId: keyIdOf(key), shareRequestId: id },
    ...{ facts: 'FULL_NAME DATE_OF_BIRTH NATIONALITY', requestId: expect.stringMatching(/^[\w-]{8,64}$/) },
  }
  expect(reads).toEqual([1, 2].map(() => ({ ...expected, time: expect.any(String), msg: 'facts read' })))
  const metrics = await (await fetch(`${stage.gateway.url}/metrics`)).text()
  expect(metrics).toMatch(/^portmone_facts_read_total 2$/m)
})

test('while the database is away, the log stays small and contains the ids that callers get', async () => {
  await using stage = await startStage()
  const away = new StoreUnavailable('UNREACHABLE', 'PostgreSQL does not answer.')
  vi.spyOn(stage.gateway.store, 'findPartnerKey').mockRejectedValue(away)
  const partner = overHttp(stage.gateway.url, 'pmk_000000000000000000_'.padEnd(66, 'A'))
  const before = stage.logs.length
  const ids = new Set<string>()
  for (let times = 0; times < 300; times++) {
    const { errors } = await partner.run(operations.list)
    expect(errors?.[0]?.extensions?.code).toBe('STORE_UNAVAILABLE')
    ids.add(String(errors?.[0]?.extensions?.id))
  }
  const written = stage.logs.slice(before)
  expect(written.join('').length).toBeLessThan(10_000)
  expect(written.join('')).not.toContain('"stack"')
  for (const id of ids) expect(written.join('')).toContain(id)
  expect((await refusals(stage)).STORE_UNAVAILABLE).toBe(300)
})
