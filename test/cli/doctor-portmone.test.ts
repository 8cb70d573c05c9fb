import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { type Answer, json, problem, raw, silence, startFakePortmone } from '../portmone/fake.ts'
import { startUntrusted } from '../portmone/untrusted-tls-server.ts'
import { startHttpProxy } from '../support/http-proxy.ts'
import { examine, expectFailure, expectWarning, prepareEnvironment, sandboxUrl } from './doctor-fixture.ts'

prepareEnvironment()

test('reports that Portmone rejects the credentials', () =>
  expectFailure(
    { PORTMONE_CLIENT_SECRET: 'another-canary-secret' },
    /^failure +Portmone +http:\S+ rejects the Partner's credentials\. Set PORTMONE_CLIENT_ID and PORTMONE_CLIENT_SECRET/,
  ))

test('reports a certificate that is not trusted', async () => {
  await using untrusted = await startUntrusted()
  await expectFailure(
    { PORTMONE_URL: untrusted.url },
    /^failure +Portmone +No secure connection .*SELF_SIGNED.*NODE_EXTRA_CA_CERTS/,
  )
})

test('reports a server without TLS', () =>
  expectFailure(
    { PORTMONE_URL: sandboxUrl().replace('http:', 'https:') },
    /^failure +Portmone +No secure connection .*does not speak TLS/,
  ))

test('reaches Portmone through a proxy', async () => {
  await using proxy = await startHttpProxy(sandboxUrl())
  const { code, bad } = await examine({ PORTMONE_URL: 'http://portmone.invalid', http_proxy: proxy.url })
  expect({ code, proxied: proxy.requests }).toEqual({
    code: 0,
    proxied: ['POST http://portmone.invalid/v1/token'],
  })
  expect(bad).toEqual([expect.stringContaining('PORTMONE_URL')])
})

test('reports a proxy that refuses to connect', async () => {
  await using proxy = await startHttpProxy(sandboxUrl())
  proxy.refuse(403)
  await expectFailure(
    { PORTMONE_URL: 'https://portmone.invalid', HTTPS_PROXY: proxy.url },
    /^failure +Portmone +The proxy does not connect to https:\S+\. Check HTTPS_PROXY and HTTP_PROXY/,
  )
})

// The label is too long for DNS, so no resolver is queried.
test('reports an unknown host name', () =>
  expectFailure(
    { PORTMONE_URL: `https://${'a'.repeat(64)}.localhost` },
    /^failure +Portmone +The host name a+\.localhost does not exist/,
  ))

test('reports a port where nothing listens', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  await new Promise((resolve) => server.close(resolve))
  await expectFailure(
    { PORTMONE_URL: `http://127.0.0.1:${address.port}` },
    /^failure +Portmone +http:\S+ refuses connections\. Check/,
  )
})

test.each<[string, Answer, RegExp]>([
  ['it says nothing', silence, /did not answer in time/],
  ['it fails', problem(500), /gave an unexpected answer: it answered 500/],
  [
    'another answers',
    raw(200, '<html>', { 'content-type': 'text/html' }),
    /not declared as application\/json/,
  ],
])('%s', async (_, answer, words) => {
  await using portmone = await startFakePortmone()
  portmone.always('token', answer)
  const { code, bad } = await examine({ PORTMONE_URL: portmone.url })
  expect(bad).toEqual([expect.stringMatching(words)])
  expect(code).toBe(1)
  expect(portmone.count('token')).toBe(1)
})

test('passes if Portmone limits the rate', async () => {
  await using portmone = await startFakePortmone()
  portmone.always('token', problem(429, { 'retry-after': '1' }))
  await expectWarning({ PORTMONE_URL: portmone.url }, /^warning +Portmone +.*limits the rate/)
})

test.each<[string, number, 'ok' | 'warning' | 'failure', RegExp]>([
  ['agrees', 0, 'ok', /agrees with the clock of Portmone/],
  ['is a little off', 30_000, 'warning', /(29|30|31) s ahead of the clock of Portmone/],
  ['is wrong', -600_000, 'failure', /(599|600|601) s behind the clock of Portmone/],
])('this clock %s', async (_, ahead, level, words) => {
  await using portmone = await startFakePortmone()
  portmone.always('token', (...to) => {
    const date = new Date(Date.now() - ahead).toUTCString()
    json(200, { accessToken: 'token', expiresIn: 300 }, { date })(...to)
  })
  const { code, output } = await examine({ PORTMONE_URL: portmone.url })
  const line = output.split('\n').find((line) => line.includes('of Portmone'))
  expect(line).toMatch(new RegExp(`^${level} +clock `))
  expect(line).toMatch(words)
  expect(code).toBe(level === 'failure' ? 1 : 0)
})
