import { expect, test, vi } from 'vitest'
import type { PortmoneOptions } from '../../server/portmone/index.ts'
import { ask, failureOf, issued, watchedPortmone } from './client.ts'
import * as fake from './fake.ts'

/** Long enough that the circuit does not turn half-open by itself. */
const long = { retries: { attempts: 0 }, circuit: { maxFailures: 5, openMs: 600_000 } }
const short = { retries: { attempts: 0 }, circuit: { maxFailures: 5, openMs: 20 } }

async function opened(options: Partial<PortmoneOptions>) {
  const upstream = await fake.startFakePortmone()
  const client = watchedPortmone(upstream.url, options)
  upstream.always('status', fake.problem(503))
  for (let i = 0; i < 5; i++) await failureOf(client.portmone.statusOf(issued))
  expect(client.portmone.circuit).toBe('open')
  return {
    ...{ upstream, client },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]()
      await upstream[Symbol.asyncDispose]()
    },
  }
}

test('five consecutive failures open the circuit for every call', async () => {
  await using _ = await opened(long)
  const { upstream, client } = _
  const failures = [
    await failureOf(client.portmone.statusOf(issued)),
    await failureOf(client.portmone.createRequest(ask, 'key-1')),
    await failureOf(client.portmone.factsOf(issued)),
  ]
  for (const failure of failures) {
    expect(failure).toMatchObject({ reason: 'UNAVAILABLE' })
    expect(failure.message).toContain('not sent: circuit open (last failure: it answered 503)')
  }
  expect(upstream.arrived).toHaveLength(5)
  expect(client.shortCircuited).toEqual(['status', 'token', 'token'])
  expect(client.circuit).toEqual(['open'])
  expect(client.logged).toHaveLength(1)
})

test('a call during which the circuit opens is not retried', async () => {
  await using upstream = await fake.startFakePortmone()
  await using client = watchedPortmone(upstream.url, {
    retries: { attempts: 50, initialDelayMs: 1, maxDelayMs: 2 },
  })
  upstream.always('status', fake.problem(503))
  await failureOf(client.portmone.statusOf(issued))
  expect(upstream.count('status')).toBe(5)
})

test.each([
  ['an unknown code', fake.problem(404)],
  ['a rejection', fake.problem(409)],
  ['too many requests', fake.problem(429, { 'retry-after': '60' })],
])('%s does not open the circuit, and ends a row of failures', async (_, answer) => {
  await using upstream = await fake.startFakePortmone()
  await using client = watchedPortmone(upstream.url, long)
  for (let i = 0; i < 3; i++) {
    upstream.next('status', ...Array.from({ length: 4 }, () => fake.problem(503)), answer, answer)
    for (let j = 0; j < 6; j++) await failureOf(client.portmone.statusOf(issued))
  }
  expect(client.portmone.circuit).toBe('closed')
  expect(client.circuit).toEqual([])
  expect(upstream.count('status')).toBe(18)
})

test('invalid answers do not open the circuit', async () => {
  await using upstream = await fake.startFakePortmone()
  await using client = watchedPortmone(upstream.url, long)
  upstream.always('facts', fake.json(200, { provenAt: 'yesterday', facts: [] }))
  for (let i = 0; i < 10; i++)
    expect(await failureOf(client.portmone.factsOf(issued))).toMatchObject({ reason: 'INVALID_ANSWER' })
  expect(client.portmone.circuit).toBe('closed')
  expect(upstream.count('facts')).toBe(10)
})

test('rejected credentials do not open the circuit', async () => {
  await using upstream = await fake.startFakePortmone()
  await using client = watchedPortmone(upstream.url, long)
  upstream.always('token', fake.problem(401))
  for (let i = 0; i < 10; i++) await failureOf(client.portmone.factsOf(issued))
  expect(client.portmone.circuit).toBe('closed')
})

/** Calls until the half-open circuit lets one through. */
const trialOf = (upstream: fake.FakePortmone, send: () => Promise<unknown>) =>
  vi.waitFor(async () => {
    const call = send()
    await Promise.race([call, upstream.reach('status', 6)])
    return { call }
  })

test('after a while a single trial is let through, and its success closes the circuit', async () => {
  await using _ = await opened(short)
  const { upstream, client } = _
  let answer = () => {}
  upstream.always('status', (...to) => {
    answer = () => fake.status('APPROVED')(...to)
  })
  const trial = await trialOf(upstream, () => client.portmone.statusOf(issued))
  expect(client.portmone.circuit).toBe('half-open')
  for (const call of [
    client.portmone.statusOf({ ...issued, code: 'code-2' }),
    client.portmone.factsOf({ ...issued, code: 'code-2' }),
  ])
    expect((await failureOf(call)).message).toContain('not sent')
  expect(upstream.arrived).toHaveLength(6)
  answer()
  expect(await trial.call).toBe('APPROVED')
  expect(client.portmone.circuit).toBe('closed')
  expect(client.circuit).toEqual(['open', 'half-open', 'closed'])
  expect(client.logged).toHaveLength(2)
})

test('a trial that fails opens the circuit again', async () => {
  await using _ = await opened(short)
  const { upstream, client } = _
  const trial = await trialOf(upstream, () => failureUnlessOpen(client.portmone.statusOf(issued)))
  expect(await trial.call).toContain('it answered 503')
  expect(client.portmone.circuit).toBe('open')
  expect(client.circuit).toEqual(['open', 'half-open', 'open'])
})

/** The message of a failure that Portmone's answer caused; rejects while the circuit is open. */
async function failureUnlessOpen(call: Promise<unknown>): Promise<string> {
  const failure = await failureOf(call)
  if (failure.message.includes('not sent')) throw failure
  return failure.message
}

test('a call that needs a token can be the trial: the token first, then the call', async () => {
  await using _ = await opened(short)
  const { upstream, client } = _
  const facts = await vi.waitFor(() => client.portmone.factsOf(issued))
  expect(facts).toMatchObject({ fullName: 'Olena Kovalenko' })
  expect(upstream.arrived.map(({ call }) => call).slice(5)).toEqual(['token', 'facts'])
  expect(client.portmone.circuit).toBe('closed')
})
