import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { overHttp } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'

const shop = 'https://shop.example'
const evil = 'https://evil.example'

/** One with the defaults, and one behind TLS with a host name and an allowed origin. */
let plain: Stage
let published: Stage
beforeAll(async () => {
  plain = await startStage()
  published = await startStage({
    config: { publicUrl: 'https://id.shop.example', allowedOrigins: [shop], graphiql: true },
  })
})
afterAll(async () => {
  await plain[Symbol.asyncDispose]()
  await published[Symbol.asyncDispose]()
})

const query = JSON.stringify({ query: '{ __typename }' })
const post = ({ gateway }: Stage, headers: Record<string, string>, body: BodyInit = query) =>
  fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body })
const json = { 'content-type': 'application/json' }

describe('refuses everything that a form on another site can send', () => {
  const form = new FormData()
  form.set('query', '{ __typename }')
  test.each<[string, Record<string, string>, BodyInit]>([
    ['text/plain with JSON in it', { 'content-type': 'text/plain' }, query],
    ['a form', {}, new URLSearchParams({ query: '{ __typename }' })],
    ['a multipart form', {}, form],
    ['the document itself', { 'content-type': 'application/graphql' }, '{ __typename }'],
    ['a type that only begins like JSON', { 'content-type': 'application/json-seq' }, query],
    ['JSON second', { 'content-type': 'text/plain, application/json' }, query],
  ])('%s', async (_, headers, body) => {
    const response = await post(plain, headers, body)
    expect(response.status).toBe(415)
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }],
    })
  })

  test('no Content-Type', async () => {
    const response = await post(plain, {}, new Blob([query]))
    expect(response.status).toBe(415)
  })

  test.each(['application/json', 'application/json; charset=utf-8'])('accepts %s', async (type) => {
    expect((await post(plain, { 'content-type': type })).status).toBe(200)
  })
})

describe('other origins', () => {
  const preflight = ({ gateway }: Stage, origin: string) =>
    fetch(`${gateway.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type, authorization',
      },
    })
  const allowedBy = ({ headers }: Response) => headers.get('access-control-allow-origin')

  test('cannot do anything unless they are allowed', async () => {
    for (const origin of [shop, evil, 'null']) {
      expect(allowedBy(await preflight(plain, origin))).toBeNull()
      expect(allowedBy(await post(plain, { ...json, origin }))).toBeNull()
    }
  })

  test('may use the API without cookies if they are allowed', async () => {
    const answered = await post(published, { ...json, origin: shop })
    expect(answered.headers.get('access-control-expose-headers')).toBe('x-request-id, date')
    for (const response of [await preflight(published, shop), answered]) {
      expect(allowedBy(response)).toBe(shop)
      expect(response.headers.get('access-control-allow-credentials')).toBeNull()
    }
    for (const origin of [evil, 'null', 'https://shop.example.evil.example']) {
      expect(allowedBy(await preflight(published, origin))).not.toBe(origin)
      expect(allowedBy(await post(published, { ...json, origin }))).not.toBe(origin)
    }
  })

  test.each<[string, () => Stage, string | undefined, 'open' | '403']>([
    ['no origin: no browser', () => plain, undefined, 'open'],
    ['its own', () => plain, 'own', 'open'],
    ['another', () => plain, evil, '403'],
    ['another port', () => plain, 'http://127.0.0.1:1', '403'],
    ['null, as of a sandboxed frame', () => plain, 'null', '403'],
    ['no origin at all', () => plain, 'nonsense', '403'],
    ['its public one', () => published, 'https://id.shop.example', 'open'],
    ['its public one without TLS', () => published, 'http://id.shop.example', '403'],
    ['a configured one', () => published, shop, 'open'],
    ['where it listens, which is not its public one', () => published, 'own', '403'],
    ['another than those', () => published, evil, '403'],
  ])('opening a WebSocket from an origin: %s', async (_, on, origin, expected) => {
    const { url } = on().gateway
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: origin === undefined ? {} : { origin: origin === 'own' ? url : origin },
    })
    const outcome = await Promise.race([
      once(socket, 'open').then(() => 'open'),
      new Promise((resolve) => socket.once('error', ({ message }) => resolve(message.slice(-3)))),
    ])
    socket.terminate()
    expect(outcome).toBe(expected)
  })
})

test('logs each refused origin once, with the setting to correct', async () => {
  await using stage = await startStage({ config: { publicUrl: 'https://id.shop.example' } })
  const open = (origin: string) =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(
        `${stage.gateway.url.replace('http', 'ws')}/graphql`,
        'graphql-transport-ws',
        {
          headers: { origin },
        },
      )
      socket.once('error', () => {})
      socket.once('unexpected-response', async (_, response) => resolve(await text(response)))
    })
  for (let tries = 0; tries < 2; tries++) expect(await open(shop)).toContain('ALLOWED_ORIGINS')
  await open(`${evil}/\u00e9${'x'.repeat(1_000)}`)
  const warnings = stage.logs
    .map((line) => JSON.parse(line))
    .filter(({ msg }) => msg.includes('ALLOWED_ORIGINS'))
  expect(warnings.map(({ value }) => value)).toEqual([
    shop,
    expect.stringMatching(/^https:\/\/evil.example\/.{1,179}$/),
  ])
  for (const { level, msg } of warnings) {
    expect(level).toBe('warn')
    expect(msg).toContain('PUBLIC_URL')
  }
})

test('an app with a custom URL scheme may use the API', async () => {
  const origin = 'capacitor://localhost'
  await using stage = await startStage({ config: { allowedOrigins: [origin] } })
  const socket = new WebSocket(`${stage.gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    headers: { origin },
  })
  await once(socket, 'open')
  socket.terminate()
  const response = await post(stage, { ...json, origin })
  expect(response.headers.get('access-control-allow-origin')).toBe(origin)
})

test('lets only pages of an allowed origin read event streams', async () => {
  const { id, clientSecret } = await create(overHttp(published.gateway.url))
  const body = JSON.stringify({ query: operations.follow, variables: { id, clientSecret } })
  for (const [origin, allowed] of [
    [shop, shop],
    [evil, null],
  ] as const) {
    const response = await post(published, { ...json, accept: 'text/event-stream', origin }, body)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('access-control-allow-origin')).toBe(allowed)
    await response.body?.cancel()
  }
})

test('tells buffering proxies not to hold back events', async () => {
  const streamed = await post(plain, { ...json, accept: 'text/event-stream' })
  expect(streamed.headers.get('x-accel-buffering')).toBe('no')
  expect((await post(plain, json)).headers.get('x-accel-buffering')).toBeNull()
})

describe('security headers', () => {
  const directives = ({ headers }: Response) =>
    Object.fromEntries(
      (headers.get('content-security-policy') ?? '').split('; ').map((directive) => {
        const [name = '', ...values] = directive.split(' ')
        return [name, values.join(' ')]
      }),
    )
  const html = { headers: { accept: 'text/html' } }

  test('pages run only their own scripts and cannot be framed', async () => {
    const hash = expect.stringMatching(/^'sha256-[\w+/=]+'$/)
    for (const [path, script, connect] of [
      ['/', hash, `'self' ${plain.sandbox.url}`],
      ['/partner', hash, `'self' ${plain.sandbox.url}`],
      ['/secure', "'none'", "'none'"],
      ['/nothing', "'none'", "'none'"],
    ]) {
      const response = await fetch(plain.gateway.url + path, html)
      expect(directives(response)).toEqual({
        'default-src': "'none'",
        'script-src': script,
        'style-src': hash,
        'img-src': "'self' data:",
        'connect-src': connect,
        'form-action': "'self'",
        'base-uri': "'none'",
        'frame-ancestors': "'none'",
        'require-trusted-types-for': "'script'",
        'trusted-types': "'none'",
      })
      expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin')
      expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(response.headers.get('permissions-policy')).toMatch(/\bcamera=\(\).*\bgeolocation=\(\)/)
      expect(response.headers.get('x-frame-options')).toBe('DENY')
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      expect(response.headers.get('referrer-policy')).toBe('no-referrer')
      expect(response.headers.get('x-powered-by')).toBeNull()
      expect(response.headers.get('server')).toBeNull()
    }
  })

  test('a rejected request loads nothing and cannot be framed', async () => {
    const { status, headers } = await fetch(`${plain.gateway.url}/%6detrics`)
    expect(status).toBe(404)
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
  })

  // The first request loads several megabytes.
  test('GraphiQL runs only its own scripts and connects only to the gateway', {
    timeout: 60_000,
  }, async () => {
    const policy = directives(await fetch(`${published.gateway.url}/graphql`, html))
    expect(policy['script-src']).toMatch(/^('sha256-[\w+/=]+' ?)+$/)
    expect(policy).toMatchObject({
      'default-src': "'none'",
      'connect-src': "'self'",
      'frame-ancestors': "'none'",
      'base-uri': "'none'",
      'form-action': "'none'",
    })
  })

  test('serves GraphiQL only if it is turned on', async () => {
    const response = await fetch(`${plain.gateway.url}/graphql`, html)
    expect(response.status).toBe(405)
    expect(await response.text()).not.toContain('<script')
  })

  test('sends HSTS only under TLS', async () => {
    const answers = async (stage: Stage) => [
      await fetch(`${stage.gateway.url}/`),
      await fetch(`${stage.gateway.url}/secure`),
      await fetch(`${stage.gateway.url}/%6detrics`),
      await post(stage, json),
      await post(stage, { 'content-type': 'text/plain' }),
    ]
    for (const { headers } of await answers(published))
      expect(headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains')
    for (const { headers } of await answers(plain))
      expect(headers.get('strict-transport-security')).toBeNull()
  })

  test("the secure page's cookie is Secure under TLS", async () => {
    const customer = overHttp(published.gateway.url)
    const { id, clientSecret, code } = await create(customer)
    published.sandbox.approve(code, 'adult')
    await customer.run(operations.check, { input: { id, clientSecret } })
    const response = await fetch(`${published.gateway.url}/secure`, {
      method: 'POST',
      body: new URLSearchParams({ id, clientSecret }),
      redirect: 'manual',
    })
    expect(response.headers.get('set-cookie')).toMatch(
      /^__Host-verified=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
  })

  test('forbids caching and sniffing of responses to operations', async () => {
    for (const accept of ['application/json', 'text/event-stream']) {
      const { headers } = await post(plain, { ...json, accept })
      expect(headers.get('cache-control')).toMatch(/no-store|no-cache/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
  })
})
