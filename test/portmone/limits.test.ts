import { describe, expect, test } from 'vitest'
import { ask, failureOf, issued, watchedPortmone } from './client.ts'
import * as fake from './fake.ts'

describe('429', () => {
  test('with a short Retry-After is retried after exactly that time', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    upstream.next('status', fake.problem(429, { 'retry-after': '1' }))
    const startedAt = performance.now()
    expect(await client.portmone.statusOf(issued)).toBe('PENDING')
    const waited = performance.now() - startedAt
    expect(waited).toBeGreaterThan(990)
    expect(waited).toBeLessThan(3_000)
    expect(client.exchanges.map(({ result }) => result)).toEqual(['rate_limited', 'ok'])
  })

  test('with a Retry-After beyond the deadline fails at once and says when to retry', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    upstream.next('status', fake.problem(429, { 'retry-after': '30' }))
    const failure = await failureOf(client.portmone.statusOf(issued))
    expect(failure).toMatchObject({ reason: 'UNAVAILABLE', retryAfter: 30 })
    expect(upstream.count('status')).toBe(1)
  })

  test('without a Retry-After is retried like an error', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    upstream.next('status', fake.problem(429))
    expect(await client.portmone.statusOf(issued)).toBe('PENDING')
    expect(upstream.count('status')).toBe(2)
  })

  test('on the token call tells the caller when to retry', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    upstream.next('token', fake.problem(429, { 'retry-after': '60' }))
    const failure = await failureOf(client.portmone.factsOf(issued))
    expect(failure).toMatchObject({ reason: 'UNAVAILABLE', retryAfter: 60 })
    expect(upstream.arrived).toHaveLength(1)
  })
})

describe('deadlines', () => {
  test('an attempt without an answer times out and is retried', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url, { timeouts: { attempt: 50 } })
    upstream.next('status', fake.silence)
    expect(await client.portmone.statusOf(issued)).toBe('PENDING')
    expect(client.exchanges.map(({ result }) => result)).toEqual(['unavailable', 'ok'])
  })

  test('a call ends at its own deadline, within an attempt', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url, { timeouts: { call: 100 } })
    upstream.always('facts', fake.silence)
    const startedAt = performance.now()
    const failure = await failureOf(client.portmone.factsOf(issued))
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    expect(failure).toMatchObject({ reason: 'UNAVAILABLE' })
    expect(failure.message).toContain('no answer within 100 ms')
  })

  test('a call ends at its own deadline, within a delay, and says what failed before', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url, {
      timeouts: { call: 100 },
      retries: { initialDelayMs: 60_000, maxDelayMs: 60_000 },
    })
    upstream.always('status', fake.problem(503))
    const failure = await failureOf(client.portmone.statusOf(issued))
    expect(failure.message).toContain('no answer within 100 ms; before that: it answered 503')
    expect(upstream.count('status')).toBe(1)
  })

  test('a call ends at its own deadline, while it waits for the token', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url, { timeouts: { call: 100 } })
    upstream.always('token', fake.silence)
    expect((await failureOf(client.portmone.factsOf(issued))).message).toContain('no answer within 100 ms')
    expect(upstream.count('facts')).toBe(0)
  })
})

test('a token that arrives after its call has ended is used only by the next call', async () => {
  await using upstream = await fake.startFakePortmone()
  await using client = watchedPortmone(upstream.url, { timeouts: { call: 600 } })
  let answerLate = () => {}
  upstream.next('token', fake.token('token-1'), (...to) => {
    answerLate = () => fake.token('token-2')(...to)
  })
  upstream.next('facts', (...to) => void setTimeout(() => fake.problem(401)(...to), 300))
  await failureOf(client.portmone.factsOf(issued))
  answerLate()
  await client.portmone.factsOf(issued)
  expect(client.exchanges.map(({ call, result }) => `${call} ${result}`)).toEqual([
    ...['token ok', 'facts unauthorized', 'token ok', 'facts ok'],
  ])
})

describe('closing', () => {
  test('aborts calls in progress: an exchange, a delay, a wait for the token', async () => {
    await using upstream = await fake.startFakePortmone()
    const client = watchedPortmone(upstream.url, { retries: { initialDelayMs: 60_000, maxDelayMs: 60_000 } })
    upstream.always('token', fake.silence)
    upstream.next('status', fake.problem(503), fake.silence)
    const calls = [
      failureOf(client.portmone.statusOf(issued)),
      failureOf(client.portmone.statusOf({ ...issued, code: 'code-2' })),
      failureOf(client.portmone.factsOf(issued)),
    ]
    await Promise.all([upstream.reach('status', 2), upstream.reach('token', 1)])
    await client.portmone.close()
    for (const failure of await Promise.all(calls))
      expect(failure).toMatchObject({
        reason: 'UNAVAILABLE',
        what: 'aborted, because the gateway is stopping',
      })
    expect(client.logged).toEqual([])
  })

  test('lets no further call be sent', async () => {
    await using upstream = await fake.startFakePortmone()
    const client = watchedPortmone(upstream.url)
    await client.portmone.close()
    await client.portmone.close()
    expect(await failureOf(client.portmone.createRequest(ask, 'key-1'))).toMatchObject({
      reason: 'UNAVAILABLE',
    })
    expect(upstream.arrived).toEqual([])
  })
})
