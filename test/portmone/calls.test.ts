import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { Agent } from 'undici'
import { describe, expect, test } from 'vitest'
import { ask, credentials, failureOf, issued, watchedPortmone } from './client.ts'
import * as fake from './fake.ts'
import { startUntrusted } from './untrusted-tls-server.ts'

describe('requests and answers', () => {
  test('a creation sends the token, the idempotency key and the facts by their wire names', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    expect(await client.portmone.createRequest(ask, 'key-1')).toEqual(issued)

    const [token, create] = upstream.arrived
    expect(token).toMatchObject({ call: 'token', method: 'POST' })
    expect(token?.headers).not.toHaveProperty('authorization')
    expect(JSON.parse(token?.body ?? '')).toEqual(credentials)
    expect(create).toMatchObject({ call: 'create', method: 'POST' })
    expect(create?.headers).toMatchObject({ authorization: 'Bearer token-1', 'idempotency-key': 'key-1' })
    expect(JSON.parse(create?.body ?? '')).toEqual({
      facts: ['fullName', 'ageOver18'],
      purpose: ask.purpose,
      lifetime: 600,
    })
  })

  test.each(['PENDING', 'APPROVED', 'DECLINED'])(
    'the status %s is requested without a token',
    async (word) => {
      await using upstream = await fake.startFakePortmone()
      await using client = watchedPortmone(upstream.url)
      upstream.next('status', fake.status(word))
      expect(await client.portmone.statusOf({ ...issued, code: 'https://portmone.example/c?a=1&b=ї' })).toBe(
        word,
      )
      expect(upstream.count('token')).toBe(0)
      const [{ url, headers } = { url: '', headers: {} }] = upstream.arrived
      expect(headers).not.toHaveProperty('authorization')
      expect(new URL(url, upstream.url).searchParams.get('code')).toBe('https://portmone.example/c?a=1&b=ї')
    },
  )

  test('facts are those that were shared, with the time of the proof', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    const shared = { fullName: 'Olena Kovalenko', ageOver18: true, address: { city: 'Київ', country: 'UA' } }
    upstream.next('facts', fake.facts(shared, '2024-11-24T12:00:00.250+02:00'))
    expect(await client.portmone.factsOf(issued)).toEqual({
      ...shared,
      provenAt: Date.UTC(2024, 10, 24, 10, 0, 0, 250),
    })
  })

  test('the path of the base URL is a prefix of the paths of the contract', async () => {
    await using upstream = await fake.startFakePortmone({ prefix: '/partner-api' })
    await using client = watchedPortmone(`${upstream.url}/`)
    await client.portmone.createRequest(ask, 'key-1')
    expect(upstream.arrived.map((request) => request.url)).toEqual([
      '/partner-api/v1/token',
      '/partner-api/v1/share-requests',
    ])
  })
})

describe('connections', () => {
  test('are kept open', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    for (let i = 0; i < 20; i++) await client.portmone.statusOf(issued)
    // Not exactly one: a call may begin just before the previous call's connection is free.
    expect(upstream.connections()).toBeLessThanOrEqual(2)
  })

  test('are limited in number', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url, { maxConnections: 3 })
    await Promise.all(Array.from({ length: 60 }, () => client.portmone.statusOf(issued)))
    expect(upstream.count('status')).toBe(60)
    expect(upstream.connections()).toBe(3)
  })

  test('use a dispatcher that is passed in, and leave it open', async () => {
    await using upstream = await fake.startFakePortmone()
    await using dispatcher = closing(new Agent())
    const client = watchedPortmone(upstream.url, { dispatcher: dispatcher.agent })
    expect(await client.portmone.statusOf(issued)).toBe('PENDING')
    await client.portmone.close()
    expect(dispatcher.agent.closed).toBe(false)
  })
})

const closing = (agent: Agent) => ({ agent, [Symbol.asyncDispose]: () => agent.close() })

describe('transport failures', () => {
  test('a closed port is retried, then UNAVAILABLE with the cause', async () => {
    await using client = watchedPortmone(await closedPort())
    const failure = await failureOf(client.portmone.statusOf(issued))
    expect(failure.reason).toBe('UNAVAILABLE')
    expect(failure.message).toContain('ECONNREFUSED')
    expect(client.exchanges).toHaveLength(3)
  })

  test('a self-signed certificate is UNAVAILABLE with the cause, and not retried', async () => {
    await using server = await startUntrusted()
    await using client = watchedPortmone(server.url)
    const failure = await failureOf(client.portmone.createRequest(ask, 'key-1'))
    expect(failure.reason).toBe('UNAVAILABLE')
    expect(failure.message).toContain('certificate (DEPTH_ZERO_SELF_SIGNED_CERT)')
    expect(client.exchanges).toMatchObject([{ call: 'token', result: 'unavailable' }])
  })

  test('an answer that is not HTTP is UNAVAILABLE, and nothing of it is repeated', async () => {
    await using server = await startTcp('CANARY-GREETING: hello\r\n\r\n')
    await using client = watchedPortmone(server.url)
    const failure = await failureOf(client.portmone.statusOf(issued))
    expect(failure.reason).toBe('UNAVAILABLE')
    expect(failure.cause).toBeUndefined()
    expect(failure.message).toMatch(/HTTPParserError|HPE_/)
    expect(failure.message).not.toContain('CANARY')
    expect(client.exchanges).toHaveLength(1)
  })

  test('a connection that breaks within the answer is retried', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    upstream.next('status', fake.cutShort)
    expect(await client.portmone.statusOf(issued)).toBe('PENDING')
    expect(upstream.count('status')).toBe(2)
  })

  test('an answer that is too large is UNAVAILABLE, and the next call works', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url, { maxAnswerBytes: 2_000 })
    upstream.next('facts', fake.facts({ fullName: 'x'.repeat(5_000_000) }))
    const failure = await failureOf(client.portmone.factsOf(issued))
    expect(failure.message).toContain('larger than the limit')
    expect(upstream.count('facts')).toBe(1)
    expect(await client.portmone.factsOf(issued)).toMatchObject({ fullName: 'Olena Kovalenko' })
  })

  test('a huge error page is an error like a small one', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url, { maxAnswerBytes: 2_000 })
    upstream.next('status', fake.raw(503, '<p>'.repeat(1_000_000), { 'content-type': 'text/html' }))
    expect(await client.portmone.statusOf(issued)).toBe('PENDING')
  })
})

describe('a retried creation', () => {
  test('carries the same idempotency key and body', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    upstream.next('create', fake.drop, fake.problem(500))
    await client.portmone.createRequest(ask, 'key-1')
    const creations = upstream.arrived.filter(({ call }) => call === 'create')
    expect(creations).toHaveLength(3)
    expect(new Set(creations.map(({ headers, body }) => `${headers['idempotency-key']} ${body}`)).size).toBe(
      1,
    )
  })
})

describe('an unknown status', () => {
  test('means PENDING, is logged once and counted each time', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    upstream.always('status', fake.status('UNDER_REVIEW'))
    for (let i = 0; i < 3; i++) expect(await client.portmone.statusOf(issued)).toBe('PENDING')
    expect(client.logged).toHaveLength(1)
    expect(client.logged[0]).toContain('"status":"UNDER_REVIEW"')
    expect(client.unknownStatuses).toEqual(['UNDER_REVIEW', 'UNDER_REVIEW', 'UNDER_REVIEW'])
  })
})

async function closedPort(): Promise<string> {
  const { url, ...server } = await startTcp('')
  await server[Symbol.asyncDispose]()
  return url
}

/** A server that sends the same bytes on every connection. */
async function startTcp(greeting: string) {
  const server = createServer((socket) =>
    socket
      .on('error', () => {})
      .resume()
      .end(greeting),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
