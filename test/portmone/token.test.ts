import { describe, expect, test } from 'vitest'
import { ask, failureOf, issued, watchedPortmone } from './client.ts'
import * as fake from './fake.ts'

/** The tokens that the calls of a kind carried, in the order in which they arrived. */
const tokensOf = (upstream: fake.FakePortmone, call: 'create' | 'facts') =>
  upstream.arrived.filter((request) => request.call === call).map(({ headers }) => headers.authorization)

describe('one fetch of a token', () => {
  test('serves however many callers wait', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    const calls = Array.from({ length: 100 }, (_, i) =>
      i % 2
        ? client.portmone.factsOf({ ...issued, code: `code-${i}` })
        : client.portmone.createRequest(ask, `key-${i}`),
    )
    await Promise.all(calls)
    expect(upstream.count('token')).toBe(1)
    await client.portmone.factsOf(issued)
    expect(upstream.count('token')).toBe(1)
  })

  test('that fails rejects all waiting callers, and the next call fetches again', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url, { retries: { attempts: 0 } })
    upstream.next('token', fake.problem(503))
    const calls = Array.from({ length: 20 }, () => failureOf(client.portmone.factsOf(issued)))
    for (const failure of await Promise.all(calls)) expect(failure).toMatchObject({ reason: 'UNAVAILABLE' })
    expect(upstream.count('token')).toBe(1)
    expect(upstream.count('facts')).toBe(0)
    expect(await client.portmone.factsOf(issued)).toMatchObject({ fullName: 'Olena Kovalenko' })
  })

  test('is retried once for all waiting callers', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    upstream.always('token', fake.problem(500))
    await Promise.all(Array.from({ length: 20 }, () => failureOf(client.portmone.factsOf(issued))))
    expect(upstream.count('token')).toBe(3)
  })
})

describe('a token of 100 s', () => {
  /** A client that received the token `first` some seconds ago, and the service's answer to its next fetch. */
  async function aged(seconds: number, next: fake.Answer) {
    let now = 0
    const upstream = await fake.startFakePortmone()
    upstream.next('token', fake.token('first', 100))
    const client = watchedPortmone(upstream.url, { clock: () => now, retries: { attempts: 0 } })
    await client.portmone.factsOf(issued)
    now = seconds * 1000
    upstream.always('token', next)
    return {
      ...{ upstream, portmone: client.portmone },
      async [Symbol.asyncDispose]() {
        await client[Symbol.asyncDispose]()
        await upstream[Symbol.asyncDispose]()
      },
    }
  }
  const second = fake.token('second', 100)

  test('is used while it is young', async () => {
    await using old = await aged(74, second)
    await old.portmone.factsOf(issued)
    expect(old.upstream.count('token')).toBe(1)
  })

  test('is renewed in its last quarter, in the background', async () => {
    await using old = await aged(75, second)
    await old.portmone.factsOf(issued)
    expect(tokensOf(old.upstream, 'facts')).toEqual(['Bearer first', 'Bearer first'])
    await expect
      .poll(async () => {
        await old.portmone.factsOf(issued)
        return tokensOf(old.upstream, 'facts').at(-1)
      })
      .toBe('Bearer second')
    expect(old.upstream.count('token')).toBe(2)
  })

  test('stays in use while no other is available', async () => {
    await using old = await aged(89, fake.problem(503))
    await old.portmone.factsOf(issued)
    await old.upstream.reach('token', 2)
    await old.portmone.factsOf(issued)
    expect(tokensOf(old.upstream, 'facts')).toEqual(['Bearer first', 'Bearer first', 'Bearer first'])
  })

  test('is no longer used shortly before it expires', async () => {
    await using old = await aged(90, second)
    await Promise.all([old.portmone.factsOf(issued), old.portmone.createRequest(ask, 'key-1')])
    expect(tokensOf(old.upstream, 'facts')).toEqual(['Bearer first', 'Bearer second'])
    expect(tokensOf(old.upstream, 'create')).toEqual(['Bearer second'])
    expect(old.upstream.count('token')).toBe(2)
  })

  test('is no longer used once expired, even if no other is available', async () => {
    await using old = await aged(100, fake.problem(503))
    expect(await failureOf(old.portmone.factsOf(issued))).toMatchObject({ reason: 'UNAVAILABLE' })
    expect(tokensOf(old.upstream, 'facts')).toEqual(['Bearer first'])
  })
})

describe('a 401', () => {
  test('makes the call fetch another token, once', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    upstream.next('facts', fake.problem(401))
    await client.portmone.factsOf(issued)
    expect(tokensOf(upstream, 'facts')).toEqual(['Bearer token-1', 'Bearer token-2'])
  })

  test('for the second token as well is CREDENTIALS_REFUSED', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    upstream.always('create', fake.problem(401))
    expect(await failureOf(client.portmone.createRequest(ask, 'key-1'))).toMatchObject({
      reason: 'CREDENTIALS_REFUSED',
    })
    expect(tokensOf(upstream, 'create')).toEqual(['Bearer token-1', 'Bearer token-2'])
    expect(upstream.count('token')).toBe(2)
  })

  test('for many calls at once leads to one fetch', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    await client.portmone.factsOf(issued)
    upstream.always('facts', (response, request) => {
      const refused = request.headers.authorization === 'Bearer token-1'
      return (refused ? fake.problem(401) : fake.facts({}))(response, request)
    })
    await Promise.all(Array.from({ length: 30 }, () => client.portmone.factsOf(issued)))
    expect(upstream.count('token')).toBe(2)
    expect(upstream.count('facts')).toBe(1 + 60)
  })

  test('that arrives after another call has renewed the token leads to no second fetch', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    let answerLate = () => {}
    upstream.next('facts', (...to) => {
      answerLate = () => fake.problem(401)(...to)
    })
    const late = client.portmone.factsOf({ ...issued, code: 'code-late' })
    await upstream.reach('facts', 1)
    upstream.next('facts', fake.problem(401))
    await client.portmone.factsOf(issued)
    answerLate()
    await late
    expect(upstream.count('token')).toBe(2)
    expect(tokensOf(upstream, 'facts').at(-1)).toBe('Bearer token-2')
  })
})

describe('rejected credentials', () => {
  test.each([401, 400, 403])('with %i are CREDENTIALS_REFUSED and not retried', async (status) => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    upstream.always('token', fake.problem(status))
    expect(await failureOf(client.portmone.createRequest(ask, 'key-1'))).toMatchObject({
      reason: 'CREDENTIALS_REFUSED',
    })
    expect(upstream.arrived).toHaveLength(1)
  })

  test('are logged as an error once, until they are accepted again', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    const refused = fake.problem(401)
    upstream.next('token', refused, refused, fake.token('token-1'), refused, refused)
    const errors = () => client.logged.filter((line) => line.includes('check PORTMONE_CLIENT_ID'))

    for (let i = 0; i < 2; i++) await failureOf(client.portmone.factsOf(issued))
    expect(errors()).toHaveLength(1)
    await client.portmone.factsOf(issued)
    upstream.next('facts', fake.problem(401), fake.problem(401))
    for (let i = 0; i < 2; i++) await failureOf(client.portmone.factsOf(issued))
    expect(errors()).toHaveLength(2)
  })
})

test('a token that no header can carry is not used, and says nothing about the share request', async () => {
  await using upstream = await fake.startFakePortmone()
  await using client = watchedPortmone(upstream.url)
  upstream.next('token', fake.token('canary\r\nx-injected: 1'))
  const failure = await failureOf(client.portmone.factsOf(issued))
  expect(failure.reason).toBe('UNAVAILABLE')
  expect(failure.message).not.toContain('canary')
  expect(upstream.count('facts')).toBe(0)
})
