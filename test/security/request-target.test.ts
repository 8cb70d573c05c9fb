import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Stage, startStage } from '../support/stage.ts'
import { rawHttp, upgrade } from './raw-clients.ts'

/** One with the defaults, one published under a path, and one that listens on every address. */
let plain: Stage
let underPath: Stage
let everywhere: Stage
beforeAll(async () => {
  plain = await startStage({ config: { allowedHosts: ['gateway.internal'] } })
  underPath = await startStage({ config: { publicUrl: 'https://shop.example/verify' } })
  everywhere = await startStage({ config: { host: '0.0.0.0' } })
})
afterAll(() => Promise.all([plain, underPath, everywhere].map((stage) => stage[Symbol.asyncDispose]())))

/** The complete answer to a request with these lines. */
const ask = async ({ gateway }: Stage, ...lines: string[]) =>
  text(rawHttp(gateway.url, `${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`))
const get = (stage: Stage, target: string, host = '127.0.0.1') =>
  ask(stage, `GET ${target} HTTP/1.1`, `Host: ${host}`)
const statusOf = (answer: string) => Number(answer.split(' ', 2)[1])

describe('a path has only one spelling', () => {
  test.each([
    '/%6detrics',
    '/%6Detrics',
    '/%256detrics',
    '/METRICS',
    '//metrics',
    '/./metrics',
    '/x/../metrics',
    '/%2e/metrics',
    '/metrics/',
    '/metrics%00',
    '/metrics;x=1',
    '/metrics#x',
    '/\\metrics',
    '\\metrics',
    'metrics',
    '/graphql/../metrics',
    'http://127.0.0.1/%6detrics',
    'http://127.0.0.1//metrics',
    'ftp://127.0.0.1/metrics',
  ])('%s is not /metrics', async (target) => {
    const answer = await get(plain, target)
    expect(statusOf(answer)).toBeGreaterThanOrEqual(400)
    expect(statusOf(answer)).toBeLessThan(500)
    expect(answer).not.toContain('portmone_')
  })

  test.each(['/metrics', '/metrics?x', '/metrics?/../x'])('%s is', async (target) => {
    expect(await get(plain, target)).toContain('portmone_')
  })

  test('a long path is rejected quickly', async () => {
    const started = performance.now()
    expect(statusOf(await get(plain, `/${'a'.repeat(8_000)}!`))).toBe(404)
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})

describe('the absolute form of a request target', () => {
  test('is served like its path', async () => {
    expect(statusOf(await get(plain, 'http://127.0.0.1:4000/healthz'))).toBe(200)
    expect(statusOf(await get(plain, 'HTTP://localhost/healthz?x'))).toBe(200)
    expect(statusOf(await get(plain, 'http://localhost'))).toBe(200)
  })

  test('names the host, whatever the Host header says', async () => {
    expect(statusOf(await get(plain, 'http://evil.example/healthz', '127.0.0.1'))).toBe(403)
    expect(statusOf(await get(plain, 'http://127.0.0.1/healthz', 'evil.example'))).toBe(200)
  })

  test('runs an operation', async () => {
    const body = JSON.stringify({ query: '{ __typename }' })
    const answer = await text(
      rawHttp(
        plain.gateway.url,
        `POST http://127.0.0.1/graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      ),
    )
    expect(answer).toContain('{"data":{"__typename":"Query"}}')
  })
})

test('an offer to change to another protocol than WebSocket is ignored', async () => {
  const offer = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']
  expect(statusOf(await ask(plain, 'GET /healthz HTTP/1.1', 'Host: 127.0.0.1', ...offer))).toBe(200)
})

describe('the Host header', () => {
  test('may be missing in HTTP/1.0, as in the requests of some health checks', async () => {
    expect(statusOf(await ask(plain, 'GET /readyz HTTP/1.0'))).toBe(200)
    expect(statusOf(await ask(underPath, 'GET /readyz HTTP/1.0'))).toBe(200)
    expect(statusOf(await ask(plain, 'GET /readyz HTTP/1.1'))).toBe(400)
  })

  test('is refused if it is sent twice, even with the same value', async () => {
    for (const second of ['evil.example', '127.0.0.1']) {
      const answer = await ask(plain, 'GET /healthz HTTP/1.1', 'Host: 127.0.0.1', `Host: ${second}`)
      expect(statusOf(answer)).toBe(400)
      expect(answer).toContain('Send one Host header')
    }
  })

  test.each([
    'evil.example',
    'evil.example:4000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
  ])('must name this gateway, not %s: another site could resolve its name to it', async (host) => {
    for (const target of ['/', '/graphql', '/secure', '/healthz', '/metrics']) {
      const answer = await get(plain, target, host)
      expect(statusOf(answer)).toBe(403)
      expect(answer).toContain('PUBLIC_URL')
    }
    const posted = await ask(plain, 'POST /graphql HTTP/1.1', `Host: ${host}`, 'Content-Length: 0')
    expect(statusOf(posted)).toBe(403)
    const socket = await text(rawHttp(plain.gateway.url, upgrade.replace('host: 127.0.0.1', `host: ${host}`)))
    expect(statusOf(socket)).toBe(403)
    expect(socket).toContain('PUBLIC_URL')
  })

  test.each([
    '127.0.0.1',
    '127.0.0.1:4000',
    '127.8.8.8',
    'localhost:5173',
    'LOCALHOST.',
    'shop.localhost',
    '[::1]:4000',
    'gateway.internal:80',
  ])('may be %s', async (host) => {
    expect(statusOf(await get(plain, '/healthz', host))).toBe(200)
  })

  test.each(['', 'a b', 'a/b', 'user@127.0.0.1', '127.0.0.1:port', '[::1'])(
    'may not be "%s"',
    async (host) => {
      expect(statusOf(await get(plain, '/healthz', host))).toBe(400)
    },
  )

  test('may be any address if the gateway listens on all of them, but no foreign name', async () => {
    expect(statusOf(await get(everywhere, '/healthz', '192.0.2.7:4000'))).toBe(200)
    expect(statusOf(await get(everywhere, '/healthz', '[2001:db8::7]:4000'))).toBe(200)
    expect(statusOf(await get(everywhere, '/healthz', 'evil.example'))).toBe(403)
  })

  test('may be anything if PUBLIC_URL is set, because proxies send their own', async () => {
    expect(statusOf(await get(underPath, '/healthz', 'upstream'))).toBe(200)
  })
})

describe('under a path', () => {
  test.each(['/verify/healthz', '/healthz'])(
    '%s is served, whether or not the proxy strips the path',
    async (target) => {
      expect(statusOf(await get(underPath, target, 'shop.example'))).toBe(200)
    },
  )

  test('serves the page under the path without a slash at its end', async () => {
    const answer = await get(underPath, '/verify?policy=kyc-basic', 'shop.example')
    expect(statusOf(answer)).toBe(308)
    expect(answer).toMatch(/^location: \/verify\/\?policy=kyc-basic\r$/im)
  })

  test.each([
    '/verify/%6detrics',
    '/verify//metrics',
    '/verify/../metrics',
    '/verify/verify/metrics',
    '/verifymetrics',
  ])('%s is not /metrics', async (target) => {
    expect(statusOf(await get(underPath, target, 'shop.example'))).toBe(404)
  })
})
