import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import tls from 'node:tls'
import { generate } from 'selfsigned'
import { EnvHttpProxyAgent, Pool } from 'undici'
import { expect, test } from 'vitest'
import { createDispatcher } from '../../server/portmone/dispatcher.ts'
import { probePortmone } from '../../server/portmone/probe.ts'
import { startHttpProxy } from '../support/http-proxy.ts'
import { ask, credentials, failureOf, issued, textOf, watchedPortmone } from './client.ts'
import * as fake from './fake.ts'

/** A name that only the proxy can resolve. */
const host = 'portmone.invalid'

test('calls over HTTPS go through a tunnel of the proxy, with its credentials', async () => {
  await using upstream = await fake.startFakePortmone()
  await using secured = await startTlsFront(upstream.url)
  await using proxy = await startHttpProxy(secured.url)
  const https = proxy.url.replace('http://', 'http://user:p%40ss@')
  await using client = watchedPortmone(`https://${host}`, { proxy: { https } })
  expect(await client.portmone.createRequest(ask, 'key-1')).toMatchObject({ code: 'code-1' })
  for (let i = 0; i < 10; i++) await client.portmone.statusOf(issued)
  expect(new Set(proxy.requests)).toEqual(new Set([`CONNECT ${host}:443`]))
  expect(proxy.requests.length).toBeLessThanOrEqual(2) // connections are kept
  expect(proxy.credentials[0]).toBe(`Basic ${btoa('user:p@ss')}`)
  expect(textOf(client)).not.toMatch(/p%40ss|p@ss/)
})

test('calls over HTTP are forwarded by the proxy, within the connection limit', async () => {
  await using upstream = await fake.startFakePortmone()
  await using proxy = await startHttpProxy(upstream.url)
  await using client = watchedPortmone(`http://${host}`, { proxy: { http: proxy.url }, maxConnections: 3 })
  await Promise.all(Array.from({ length: 60 }, () => client.portmone.statusOf(issued)))
  expect(upstream.count('status')).toBe(60)
  expect(proxy.connections()).toBe(3)
  expect(proxy.requests[0]).toBe(`GET http://${host}/v1/share-status?code=code-1`)
})

test('a probe goes through the proxy', async () => {
  await using upstream = await fake.startFakePortmone()
  await using proxy = await startHttpProxy(upstream.url)
  const probe = { url: `http://${host}`, ...credentials }
  expect((await probePortmone({ ...probe, proxy: { http: proxy.url } })).failure).toBeNull()
  expect(proxy.requests).toHaveLength(1)
  const direct = await probePortmone({ ...probe, proxy: { http: proxy.url, except: host } })
  expect(direct.failure?.code).toMatch(/ENOTFOUND|EAI_AGAIN/)
  expect(proxy.requests).toHaveLength(1)
})

test.each(['.invalid', 'other.example, portmone.invalid', '*', 'portmone.invalid:80'])(
  'NO_PROXY %s bypasses the proxy',
  async (except) => {
    await using proxy = await startHttpProxy('http://127.0.0.1:9')
    const retries = { attempts: 0 }
    await using client = watchedPortmone(`http://${host}`, { proxy: { http: proxy.url, except }, retries })
    expect((await failureOf(client.portmone.statusOf(issued))).message).toMatch(/ENOTFOUND|EAI_AGAIN/)
    expect(proxy.requests).toEqual([])
  },
)

test('loopback addresses are reached without the proxy', async () => {
  await using upstream = await fake.startFakePortmone()
  await using proxy = await startHttpProxy('http://127.0.0.1:9')
  await using client = watchedPortmone(upstream.url, { proxy: { http: proxy.url, https: proxy.url } })
  expect(await client.portmone.statusOf(issued)).toBe('PENDING')
  expect(proxy.requests).toEqual([])
})

test.each([
  ['without a proxy', `https://${host}`, undefined, Pool],
  ['without the address of a proxy', `https://${host}`, { http: '', https: '', except: host }, Pool],
  ['on loopback', 'http://127.0.0.1:9', { http: 'http://127.0.0.1:8' }, Pool],
  ['with a proxy', `https://${host}`, { http: 'http://127.0.0.1:8' }, EnvHttpProxyAgent],
])('%s, calls go to a dispatcher that looks for a proxy only if one is set', async (_, url, proxy, kind) => {
  const limits = { connections: 1, connectTimeoutMs: 100, keepAliveTimeoutMs: 100 }
  const dispatcher = createDispatcher({ url: new URL(url), proxy, ...limits })
  expect(dispatcher).toBeInstanceOf(kind)
  await dispatcher.destroy()
})

test.each(['http', 'https'] as const)(
  'a proxy that refuses %s calls is named in the error, and retried',
  async (scheme) => {
    await using proxy = await startHttpProxy('http://127.0.0.1:9')
    proxy.refuse(503)
    await using client = watchedPortmone(`${scheme}://${host}`, {
      proxy: { http: proxy.url, https: proxy.url },
    })
    const failure = await failureOf(client.portmone.statusOf(issued))
    expect(failure).toMatchObject({ reason: 'UNAVAILABLE' })
    expect(failure.message).toContain(scheme === 'https' ? 'the proxy did not connect' : 'it answered 503')
    expect(proxy.requests).toHaveLength(3)
  },
)

test('a proxy that does not answer times out', async () => {
  await using proxy = await startHttpProxy('http://192.0.2.1:9') // nothing answers there
  await using client = watchedPortmone(`https://${host}`, {
    proxy: { https: proxy.url },
    timeouts: { connect: 100 },
    retries: { attempts: 0 },
  })
  const startedAt = performance.now()
  const failure = await failureOf(client.portmone.statusOf(issued))
  expect(failure.message).toContain('no answer (UND_ERR_HEADERS_TIMEOUT)')
  expect(performance.now() - startedAt).toBeLessThan(3_000)
})

/** Terminates TLS for `host`, with a certificate that this process trusts, in front of a plain server. */
async function startTlsFront(target: string) {
  const { private: key, cert } = await generate([{ name: 'commonName', value: host }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: host }] }],
  })
  const trusted = tls.getCACertificates()
  tls.setDefaultCACertificates([...trusted, cert])
  const server = tls.createServer({ key, cert }, (socket) => {
    const upstream = connect(Number(new URL(target).port), '127.0.0.1')
    socket.pipe(upstream).pipe(socket)
    for (const each of [socket, upstream]) each.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      tls.setDefaultCACertificates(trusted)
      server.close()
      await once(server, 'close')
    },
  }
}
