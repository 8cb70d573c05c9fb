import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { registerTracing } from '../../server/monitoring/trace-export.ts'
import { ask, credentials, failureOf, textOf, type Watched, watchedPortmone } from './client.ts'
import * as fake from './fake.ts'

const exporter = new InMemorySpanExporter()
registerTracing(new SimpleSpanProcessor({ exporter }), {})
beforeEach(() => exporter.reset())

/** What a collector would receive about the ended spans, in order. */
const spans = () =>
  exporter.getFinishedSpans().map((span) => {
    const { name, kind, attributes, status, events, links } = span
    return { name, kind, attributes, status, events, links, context: span.spanContext() }
  })

const code = 'https://portmone.example/c/CANARY-CODE'
const idempotencyKey = 'CANARY-IDEMPOTENCY-KEY'
const secrets = [
  ...[credentials.clientId, credentials.clientSecret, 'CANARY-TOKEN', 'CANARY-CODE', idempotencyKey],
  ...['CANARY-FULL-NAME', 'Bearer'],
]

/** Every secret of a request and some facts, as a malicious service would send them back. */
const echo = ({ headers, body, url }: fake.Arrived) =>
  JSON.stringify({ headers, body, url, fullName: 'CANARY-FULL-NAME' })
const oneLine = (request: fake.Arrived) => echo(request).replace(/[^\x20-\x7e]/g, '')

const echoing: Record<string, fake.Answer> = {
  'malformed JSON': (response, request) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(`{"a": ${echo(request)}`),
  'wrong types': (response, request) =>
    fake.json(200, Object.entries({ secret: echo(request) }))(response, request),
  'wrong values': (response, request) => {
    const text = echo(request)
    const facts = { email: text, dateOfBirth: text, nationality: text, ageOver18: text }
    return fake.json(200, {
      accessToken: [text],
      expiresIn: text,
      id: 1,
      code: { [text]: 1 },
      status: [text],
      provenAt: text,
      facts,
    })(response, request)
  },
  'another content type': (response, request) =>
    response.writeHead(200, { 'content-type': oneLine(request) }).end(echo(request)),
  'a body without end': (response, request) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100_000 })
    response.write(echo(request), () => response.socket?.destroy())
  },
  'too much': (response, request) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(echo(request).repeat(5_000)),
  'a problem 400': (response, request) =>
    fake.json(400, { error: echo(request), message: echo(request) })(response, request),
  'a problem 401': (response, request) =>
    fake.json(
      401,
      { error: echo(request), message: echo(request) },
      { 'www-authenticate': oneLine(request) },
    )(response, request),
  'a problem 404': (response, request) =>
    fake.json(404, { error: echo(request), message: echo(request) })(response, request),
  'a 429': (response, request) =>
    fake.json(
      429,
      { error: echo(request), message: echo(request) },
      { 'retry-after': oneLine(request) },
    )(response, request),
  'a 500': (response, request) => {
    response.writeHead(500, oneLine(request).slice(0, 500), { 'x-echo': oneLine(request) }).end(echo(request))
  },
  'a redirect': (response, request) =>
    response.writeHead(302, { location: `/elsewhere?${encodeURIComponent(echo(request))}` }).end(),
  'no HTTP': (response, request) => void response.socket?.end(`${oneLine(request)}\r\n\r\n`),
  'a header that is none': (response, request) =>
    void response.socket?.end(`HTTP/1.1 200 OK\r\n${oneLine(request)}\r\n\r\n`),
  'a dropped connection': fake.drop,
  silence: fake.silence,
}

const calls = {
  token: (client: Watched) => client.portmone.factsOf({ code, issuerRequestId: null }),
  create: (client: Watched) => client.portmone.createRequest(ask, idempotencyKey),
  status: (client: Watched) => client.portmone.statusOf({ code, issuerRequestId: null }),
  facts: (client: Watched) => client.portmone.factsOf({ code, issuerRequestId: null }),
} as const

/** Everything that a client emits besides its answers. */
const shownBy = (client: Watched) => textOf({ ...client, spans: spans() }) + textOf(client.portmone)

describe.each(Object.entries(echoing))('a service that answers with %s', (_, answer) => {
  test.each(['token', 'create', 'status', 'facts'] as const)('to the %s call leaks nothing', async (call) => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url, {
      maxAnswerBytes: 100_000,
      timeouts: { attempt: 30 },
    })
    upstream.always('token', fake.token('CANARY-TOKEN'))
    upstream.always(call, answer)
    const failure = await failureOf(calls[call](client))
    const shown = textOf(failure) + shownBy(client)
    for (const secret of secrets) expect(shown).not.toContain(secret)
    expect(client.exchanges.length).toBeGreaterThan(0)
  })
})

test('an unknown status word carries at most 40 safe characters', async () => {
  await using upstream = await fake.startFakePortmone()
  await using client = watchedPortmone(upstream.url)
  upstream.always('status', (response, request) => fake.status(` ${echo(request)}`)(response, request))
  expect(await client.portmone.statusOf({ code, issuerRequestId: null })).toBe('PENDING')
  expect(client.logged.join()).not.toContain('CANARY')
})

test('a working client reveals nothing, also not on the console', async () => {
  const printed = (['log', 'info', 'warn', 'debug'] as const).map((level) => vi.spyOn(console, level))
  const written = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')]
  await using upstream = await fake.startFakePortmone()
  await using client = watchedPortmone(upstream.url)
  upstream.always('token', fake.token('CANARY-TOKEN'))
  upstream.always('facts', fake.facts({ fullName: 'CANARY-FULL-NAME' }))
  await Promise.all([
    client.portmone.createRequest(ask, idempotencyKey),
    client.portmone.statusOf({ code, issuerRequestId: null }),
  ])
  expect(await client.portmone.factsOf({ code, issuerRequestId: null })).toMatchObject({
    fullName: 'CANARY-FULL-NAME',
  })
  const shown = shownBy(client)
  for (const secret of secrets) expect(shown).not.toContain(secret)
  for (const spy of [...printed, ...written]) expect(spy).not.toHaveBeenCalled()
})

describe('spans', () => {
  test('are one per exchange, named by the path without its query', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    upstream.next('facts', fake.problem(503))
    await client.portmone.factsOf({ code, issuerRequestId: null })
    const common = { 'server.address': '127.0.0.1' }
    expect(spans().map(({ name, attributes }) => ({ name, attributes }))).toEqual([
      {
        name: 'POST /v1/token',
        attributes: {
          ...common,
          'portmone.call': 'token',
          'http.request.method': 'POST',
          'url.template': '/v1/token',
          'http.response.status_code': 200,
        },
      },
      ...[503, 200].map((status) => ({
        name: 'GET /v1/identity-facts',
        attributes: {
          ...common,
          'portmone.call': 'facts',
          'http.request.method': 'GET',
          'url.template': '/v1/identity-facts',
          'http.response.status_code': status,
          ...(status === 503 && { 'error.type': 'unavailable' }),
        },
      })),
    ])
    expect(spans().map(({ kind }) => kind)).toEqual([SpanKind.CLIENT, SpanKind.CLIENT, SpanKind.CLIENT])
    const { ERROR, UNSET } = SpanStatusCode
    expect(spans().map(({ status }) => status)).toEqual([{ code: UNSET }, { code: ERROR }, { code: UNSET }])
  })
})
