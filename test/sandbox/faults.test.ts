import { describe, expect, test, vi } from 'vitest'
import type { FaultInput } from '../../portmone/sandbox/faults.ts'
import { startSandbox } from '../../portmone/sandbox/sandbox.ts'
import { Facts, Problem, Share, Status, Token } from '../../portmone/wire.ts'
import { calling, calls, partnerAt, shop } from './partner.ts'

const start = () => startSandbox({ partners: [shop] })

const right = { token: Token, create: Share, status: Status, facts: Facts }
const kinds = ['token', 'create', 'status', 'facts'] as const

describe.each(kinds)('the %s call', (kind) => {
  test.each([
    ['unauthorized', { kind: 'unauthorized' }, 401],
    ['rate-limited', { kind: 'rate-limited', retryAfter: 17 }, 429],
    ['server-error', { kind: 'server-error' }, 500],
  ] as [string, FaultInput, number][])('%s', async (_, fault, status) => {
    await using sandbox = await start()
    const { call } = await calling(sandbox)
    sandbox.misbehave({ ...fault, times: 1 } as FaultInput)
    const response = await call[kind]()
    expect(response.status).toBe(status)
    expect(Problem.safeParse(await response.json()).success).toBe(true)
    expect(response.headers.get('retry-after')).toBe(status === 429 ? '17' : null)
    expect((await call[kind]()).ok).toBe(true)
  })

  test('malformed-json', async () => {
    await using sandbox = await start()
    const { call } = await calling(sandbox)
    sandbox.misbehave({ kind: 'malformed-json', call: kind })
    const response = await call[kind]()
    expect([response.ok, response.headers.get('content-type')]).toEqual([true, 'application/json'])
    await expect(response.json()).rejects.toThrow(SyntaxError)
  })

  test('wrong-types', async () => {
    await using sandbox = await start()
    const { call } = await calling(sandbox)
    sandbox.misbehave({ kind: 'wrong-types', call: kind })
    const response = await call[kind]()
    expect(response.ok).toBe(true)
    const { error } = right[kind].safeParse(await response.json())
    expect(new Set(error?.issues.map((issue) => issue.path[0]))).toEqual(
      new Set(Object.keys(right[kind].shape)),
    )
  })

  test.each(['dropped-before', 'dropped-after'] as const)('%s', async (fault) => {
    await using sandbox = await start()
    const { call } = await calling(sandbox)
    sandbox.misbehave({ kind: fault, call: kind, times: 1 })
    await expect(call[kind]()).rejects.toThrow('fetch failed')
    expect((await call[kind]()).ok).toBe(true)
    expect(sandbox.faults()).toEqual([])
  })

  test('latency', async () => {
    await using sandbox = await start()
    const { call } = await calling(sandbox)
    sandbox.misbehave({ kind: 'latency', ms: 80, call: kind })
    const began = performance.now()
    expect((await call[kind]()).ok).toBe(true)
    expect(performance.now() - began).toBeGreaterThanOrEqual(79)
  })
})

test('dropped-before does nothing, dropped-after does what was requested', async () => {
  const log: string[] = []
  await using sandbox = await startSandbox({ partners: [shop], log: (line) => void log.push(line) })
  const { call } = await calling(sandbox)
  const created = () => log.filter((line) => line.startsWith('Corner Shop requests')).length
  const before = created()
  sandbox.misbehave({ kind: 'dropped-before', times: 1 })
  await expect(call.create()).rejects.toThrow()
  expect(created()).toBe(before)
  sandbox.misbehave({ kind: 'dropped-after', times: 1 })
  await expect(call.create()).rejects.toThrow()
  expect(created()).toBe(before + 1)
})

test('foreign-id answers with the id of another share request', async () => {
  await using sandbox = await start()
  const { call } = await calling(sandbox)
  const id = async () => Status.parse(await (await call.status()).json()).id
  const own = await id()
  sandbox.misbehave({ kind: 'foreign-id', times: 1 })
  expect(await id()).not.toBe(own)
  expect(await id()).toBe(own)
})

test('unknown-status answers with its default word or the given one', async () => {
  await using sandbox = await start()
  const { call } = await calling(sandbox)
  const word = async () => Status.parse(await (await call.status()).json()).status
  sandbox.misbehave({ kind: 'unknown-status', times: 1 })
  sandbox.misbehave({ kind: 'unknown-status', word: 'PENDING', times: 1 })
  expect([await word(), await word(), await word()]).toEqual(['UNDER_REVIEW', 'PENDING', 'APPROVED'])
})

test('facts-missing leaves the status unchanged', async () => {
  await using sandbox = await start()
  const { call } = await calling(sandbox)
  sandbox.misbehave({ kind: 'facts-missing' })
  expect([(await call.facts()).status, (await call.status()).status]).toEqual([404, 200])
})

test('a fault applies only to its call and code, and only as many times as requested', async () => {
  await using sandbox = await start()
  const { status, create } = await partnerAt(sandbox.url)
  const at = calls(sandbox.url)
  const [{ code }, other] = [await create(), await create()]
  sandbox.misbehave({ kind: 'server-error', code, times: 2 })
  expect(await status(other.code)).toBe('PENDING')
  const answers = [await at.status(code), await at.status(code), await at.status(code)]
  expect(answers.map((answer) => answer.status)).toEqual([500, 500, 200])
  sandbox.misbehave({ kind: 'server-error', call: 'facts' })
  expect((await at.status(code)).status).toBe(200)
  expect((await at.facts('', code)).status).toBe(500)
})

test('all latencies and the first other fault apply together', async () => {
  await using sandbox = await start()
  const { call } = await calling(sandbox)
  sandbox.misbehave({ kind: 'server-error', times: 1 })
  sandbox.misbehave({ kind: 'latency', ms: 40 })
  sandbox.misbehave({ kind: 'unauthorized', times: 1 })
  sandbox.misbehave({ kind: 'latency', ms: 40 })
  const began = performance.now()
  expect((await call.status()).status).toBe(500)
  expect(performance.now() - began).toBeGreaterThanOrEqual(79)
  expect((await call.status()).status).toBe(401)
  expect((await call.status()).status).toBe(200)
})

test('faults are cleared one by one or all at once', async () => {
  await using sandbox = await start()
  const { call } = await calling(sandbox)
  const id = sandbox.misbehave({ kind: 'unauthorized' })
  sandbox.misbehave({ kind: 'server-error' })
  sandbox.clearFaults(id)
  expect((await call.status()).status).toBe(500)
  sandbox.clearFaults()
  expect((await call.status()).status).toBe(200)
})

test.each([
  [
    'a code for a call that has none',
    { kind: 'server-error', call: 'create', code: 'x' },
    'leave out the code',
  ],
  ['an unknown status of facts', { kind: 'unknown-status', call: 'facts' }, 'status'],
  ['a word that is none', { kind: 'sulks' }, 'kind'],
  ['no time to wait', { kind: 'latency' }, 'ms'],
  ['no times at all', { kind: 'unauthorized', times: 0 }, 'times'],
])('sets no fault with %s', async (_, fault, message) => {
  await using sandbox = await start()
  expect(() => sandbox.misbehave(fault as FaultInput)).toThrow(message)
})

test('stop does not wait for latencies', async () => {
  const sandbox = await start()
  const { call } = await calling(sandbox)
  sandbox.misbehave({ kind: 'latency', ms: 600_000 })
  const waiting = expect(call.status()).rejects.toThrow('fetch failed')
  await sandbox.reachCalls('status', 1)
  await sandbox.stop()
  await sandbox.stop()
  await waiting
})

test('counts calls by kind and code, and the maximum in flight', async () => {
  await using sandbox = await start()
  const { code, call } = await calling(sandbox)
  expect(sandbox.calls('status', code)).toEqual({ count: 0, inFlight: 0, maxInFlight: 0 })
  const third = sandbox.reachCalls('status', 3, code)
  await call.status()
  await call.status()
  expect(sandbox.calls('status', code)).toEqual({ count: 2, inFlight: 0, maxInFlight: 1 })
  sandbox.misbehave({ kind: 'latency', ms: 50 })
  await Promise.all([call.status(), call.status(), call.status()])
  await third
  expect(sandbox.calls('status', code)).toEqual({ count: 5, inFlight: 0, maxInFlight: 3 })
  expect(sandbox.calls('status').count).toBe(5)
  expect(sandbox.calls('facts', code).count).toBe(0)
  expect([sandbox.calls('token').count, sandbox.calls('create').count]).toEqual([1, 1])
})

test('a call that its caller aborted is no longer in flight', async () => {
  await using sandbox = await start()
  const { code } = await calling(sandbox)
  const { status } = calls(sandbox.url)
  sandbox.misbehave({ kind: 'latency', ms: 600_000, times: 1 })
  const giveUp = new AbortController()
  const given = expect(status(code, { signal: giveUp.signal })).rejects.toThrow('abort')
  await sandbox.reachCalls('status', 1, code)
  giveUp.abort()
  await given
  await vi.waitFor(() => expect(sandbox.calls('status', code).inFlight).toBe(0))
  await status(code)
  expect(sandbox.calls('status', code)).toEqual({ count: 2, inFlight: 0, maxInFlight: 1 })
})
