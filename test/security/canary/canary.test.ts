import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { canaries } from '../../../portmone/sandbox/personas.ts'
import { registerTracing } from '../../../server/monitoring/trace-export.ts'
import { transports } from '../../support/clients.ts'
import { create } from '../../support/operations.ts'
import { gatewaySecret, type Stage, startStage, testPartner } from '../../support/stage.ts'
import { startRecorder } from './recorder.ts'
import { secretsIn } from './search.ts'
import { everything, Traffic } from './traffic.ts'

// The searches take seconds of CPU time.
vi.setConfig({ testTimeout: 60_000 })

/** Everything recorded in places where no secret may appear, by the name of the place. */
const places: Record<string, Buffer> = {}
/** The answers to the partner who requested facts. */
let factsAnswers: Buffer
let upstream: Buffer

const secrets = {
  facts: [...canaries],
  credentials: [testPartner.clientId, testPartner.clientSecret],
  gateway: [gatewaySecret],
  tokens: [] as string[],
  partnerKeys: [] as string[],
}
/** Secrets that the browser has to know. They must not appear in a log, metric, trace or file. */
let browserSecrets: string[]

beforeAll(async () => {
  const exporter = new InMemorySpanExporter()
  registerTracing(new SimpleSpanProcessor({ exporter }), {})
  const console = (['log', 'info', 'warn', 'debug'] as const).map((method) =>
    vi.spyOn(globalThis.console, method),
  )
  const written = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')]

  let stage: Stage | undefined
  await using portmone = await startRecorder(() => stage?.sandbox.url ?? '')
  stage = await startStage({
    policies: [everything],
    config: {
      graphiql: true,
      factsRetryWindowMs: 3_000,
      portmone: { url: portmone.url, browserOrigin: portmone.url, ...testPartner },
    },
    portmone: { retries: { initialDelayMs: 1, maxDelayMs: 5 }, circuit: { maxFailures: 50, openMs: 100 } },
  })
  const { gateway } = stage
  await using browser = await startRecorder(() => gateway.url)
  await using partner = await startRecorder(() => gateway.url)
  await using factsReader = await startRecorder(() => gateway.url)
  const key = await stage.partnerKey()
  const weakKey = await stage.partnerKey(['share-requests:read'])
  secrets.partnerKeys.push(key, weakKey)

  const traffic = new Traffic(stage, { browser, partner, factsReader }, { key, weakKey })
  await traffic.run()

  browserSecrets = traffic.browserSecrets
  places.GraphiQL = traffic.graphiql
  places['the pages, headers and frames that went to a browser'] = browser.bytes()
  places['answers to the partner without facts'] = partner.bytes()
  places['the metrics'] = Buffer.from(await (await fetch(`${gateway.url}/metrics`)).text())
  places['the files of the store while it is open'] = filesOf(stage.dataDir)
  // Also searched after the store has checkpointed its files.
  await stage.restartGateway(() => {
    places['the files of the store'] = filesOf(stage.dataDir)
  })
  places['the log'] = Buffer.from(stage.logs.join(''))
  const spans = exporter.getFinishedSpans()
  places['the traces'] = Buffer.from(
    JSON.stringify(
      spans.map((span) => [
        span.spanContext(),
        span.name,
        span.attributes,
        span.links,
        span.events,
        span.status,
      ]),
    ),
  )
  places['what was written to the console'] = Buffer.from(
    JSON.stringify(
      [...console, ...written].flatMap(({ mock }) => mock.calls.map(([first]) => String(first))),
    ),
  )
  factsAnswers = factsReader.bytes()
  upstream = portmone.bytes()
  secrets.tokens.push(
    ...[...upstream.toString().matchAll(/"accessToken":"([^"]+)"/g)].map(([, token]) => token ?? ''),
  )
  await stage[Symbol.asyncDispose]()
  vi.restoreAllMocks()
}, 120_000)

const filesOf = (folder: string) =>
  Buffer.concat(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'policies.json')
      .map((entry) => readFileSync(join(entry.parentPath, entry.name))),
  )

describe('the search can fail', () => {
  const secret = 'Canary & "Zirconia" +380/7'
  test.each<[string, string | Buffer]>([
    ['as it is', `x${secret}x`],
    ['as JSON', JSON.stringify({ a: [secret] })],
    ['in a URL', `https://x.example/?a=${encodeURIComponent(secret)}`],
    ['in a form', new URLSearchParams({ a: secret }).toString()],
    ['in UTF-16', Buffer.from(`x${secret}`, 'utf16le')],
    ['in hex', Buffer.from(secret).toString('hex').toUpperCase()],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64, moved by one', Buffer.from(`x${secret}y`).toString('base64')],
    ['in base64url, moved by two', Buffer.from(`xx${secret}y`).toString('base64url')],
    ['in capitals', secret.toUpperCase()],
  ])('finds a planted canary: %s', (_, haystack) => {
    expect(secretsIn(haystack, [secret])).toHaveLength(1)
  })

  test('searches nothing that is compressed, because compression hides canaries', () => {
    expect(secretsIn(gzipSync(secret.repeat(3)), [secret])).toEqual([])
    const { 'the pages, headers and frames that went to a browser': pages } = places
    expect(pages?.toString('latin1')).not.toMatch(/content-encoding: (br|deflate)/i)
    expect(places.GraphiQL?.toString()).toContain('<!doctype html')
  })

  test('finds a canary that a browser planted, in the answer and in the files of the store', async () => {
    const planted = 'CANARYTAX-PLANTED-0815'
    await using stage = await startStage()
    await using browser = await startRecorder(() => stage.gateway.url)
    const seen: string[][] = []
    for (const connect of Object.values(transports)) {
      const before = browser.bytes().length
      const customer = connect(browser.url)
      await create(customer, { reference: planted })
      await customer.dispose()
      seen.push(secretsIn(browser.bytes().subarray(before), [planted]))
    }
    expect(seen).toEqual([[`${planted}, as it is`], [`${planted}, as it is`], [`${planted}, as it is`]])
    expect(secretsIn(filesOf(stage.dataDir), [planted])).toEqual([`${planted}, as it is`])
  })
})

test('Portmone sent the facts, and the partner who requested them received them', () => {
  expect(secretsIn(upstream, secrets.facts)).toHaveLength(secrets.facts.length)
  expect(secretsIn(factsAnswers, secrets.facts)).toHaveLength(secrets.facts.length)
  expect(secrets.tokens.length).toBeGreaterThan(0)
})

describe('no secret appears anywhere else', () => {
  const kinds = Object.keys(secrets) as (keyof typeof secrets)[]
  const names = [
    'the pages, headers and frames that went to a browser',
    'answers to the partner without facts',
    'GraphiQL',
    'the metrics',
    'the files of the store while it is open',
    'the files of the store',
    'the log',
    'the traces',
    'what was written to the console',
  ]

  test('every place was searched, and each had content', () => {
    expect(Object.keys(places).sort()).toEqual([...names].sort())
    for (const name of names.filter((name) => name !== 'what was written to the console'))
      expect(places[name]?.length, name).toBeGreaterThan(500)
  })

  test.each(names.flatMap((name) => kinds.map((kind) => [kind, name] as const)))(
    '%s: not in %s',
    (kind, name) => {
      expect(secretsIn(places[name] ?? '', secrets[kind])).toEqual([])
    },
  )

  test.each(['credentials', 'gateway', 'tokens', 'partnerKeys'] as const)(
    '%s: not in the answers with facts',
    (kind) => {
      expect(secretsIn(factsAnswers, secrets[kind])).toEqual([])
    },
  )

  test.each([
    'answers to the partner without facts',
    ...['the metrics', 'the files of the store', 'the log', 'the traces'],
  ])('clientSecrets and idempotency keys, which the browser holds: not in %s', (name) => {
    expect(browserSecrets.length).toBeGreaterThan(50)
    expect(secretsIn(places[name] ?? '', browserSecrets)).toEqual([])
  })
})
