import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { FaultInput } from '../../../portmone/sandbox/faults.ts'
import { canaries, personaIds } from '../../../portmone/sandbox/personas.ts'
import { registerTracing } from '../../../server/monitoring/trace-export.ts'
import { factKinds } from '../../../server/share-requests/facts.ts'
import type { Policy } from '../../../server/share-requests/policies.ts'
import { overHttp, streamingTransports, type TestClient, transports } from '../../support/clients.ts'
import { type Created, create, everythingOf, operations } from '../../support/operations.ts'
import { gatewaySecret, type Stage, startStage, testPartner } from '../../support/stage.ts'
import { followChanges } from './change-streams.ts'
import { type Recorder, startRecorder } from './recorder.ts'
import { secretsIn } from './search.ts'

// The searches take seconds of CPU time.
vi.setConfig({ testTimeout: 60_000 })

/** Everything that was said where a secret must not be, by the name of the place. */
const places: Record<string, Buffer> = {}
/** What the partner was answered who asked for facts. */
let factsAnswers: Buffer
let upstream: Buffer

const secrets = {
  facts: [...canaries],
  credentials: [testPartner.clientId, testPartner.clientSecret],
  gateway: [gatewaySecret],
  tokens: [] as string[],
  partnerKeys: [] as string[],
}
/** What the browser holds, and has to: it must be in no log, metric, trace or file. */
const browsersOwn: string[] = []

const everything: Policy = {
  name: 'everything',
  access: 'PUBLIC',
  purpose: 'To see where it goes.',
  facts: [...factKinds],
  checks: [{ name: 'adult', ageOver: 18 }],
  lifetime: 3600,
}

const everyFact = `query ($id: ID!) { shareRequest(id: $id) { facts {
  fullName givenName familyName dateOfBirth ageOver(years: 18) nationality
  address { street city postalCode region country } documentNumber taxNumber email phone provenAt
} } }`

const faults: FaultInput[] = (['token', 'create', 'status', 'facts'] as const).flatMap((call) => [
  ...(['unauthorized', 'server-error', 'dropped-before', 'dropped-after'] as const).map((kind) => ({
    kind,
    call,
  })),
  ...(['malformed-json', 'wrong-types'] as const).map((kind) => ({ kind, call })),
  { kind: 'rate-limited', call, retryAfter: 1 },
])
faults.push({ kind: 'unknown-status', word: 'CANARY_STATUS' }, { kind: 'facts-missing' })

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

  await theFlow(stage, { browser, partner, factsReader }, key, weakKey)
  await theFaults(stage, browser, partner, key)

  places['the pages, headers and frames that went to a browser'] = browser.bytes()
  places['what the partner is answered beside facts'] = partner.bytes()
  places['the metrics'] = Buffer.from(await (await fetch(`${gateway.url}/metrics`)).text())
  places['the files of the store while it is open'] = filesOf(stage.dataDir)
  // To see the files after the store has put them in order, too.
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

const handleOf = ({ id, clientSecret }: Created) => ({ id, clientSecret })

async function createdBy(client: TestClient): Promise<Created> {
  const idempotencyKey = randomUUID()
  const created = await create(client, { policy: 'everything', idempotencyKey, reference: 'order-1' })
  browsersOwn.push(created.clientSecret, idempotencyKey)
  return created
}

/** Everything that a browser and a partner do, over every transport, with every persona. */
async function theFlow(
  { sandbox }: Stage,
  by: Record<'browser' | 'partner' | 'factsReader', Recorder>,
  key: string,
  weakKey: string,
): Promise<void> {
  for (const path of ['/', '/brand.json', '/secure', '/healthz', '/readyz', '/nothing'])
    await (await fetch(by.browser.url + path, { headers: { 'accept-encoding': 'identity' } })).text()
  const graphiql = await fetch(`${by.browser.url}/graphql`, { headers: { accept: 'text/html' } })
  places.GraphiQL = Buffer.from(await graphiql.text())

  for (const connect of Object.values(transports)) {
    const customer = connect(by.browser.url)
    const partner = connect(by.partner.url, key)
    const reader = connect(by.partner.url, weakKey)
    const factsReader = connect(by.factsReader.url, key)
    for (const persona of personaIds) {
      const list = await overHttp(by.partner.url, key).run('{ shareRequests(first: 1) { changesCursor } }')
      const created = await createdBy(customer)
      const answered = Promise.all([
        streams(by, created, key),
        followChanges(by, created.id, key, list.data.shareRequests.changesCursor),
      ])
      sandbox.approve(created.code, persona)
      const checked = await customer.run(operations.check, { input: handleOf(created) })
      expect(checked.data.checkShareRequest.status.__typename).toBe('ApprovedStatus')
      await answered
      for (const client of [customer, partner]) await client.run(operations.read, handleOf(created))
      // Who may not have the facts asks for them.
      for (const client of [customer, reader]) await client.run(everyFact, { id: created.id })
      await customer.run(operations.facts, handleOf(created))
      await partner.run(operations.list, {})
      await thePage(by.browser, created)

      const { data, errors } = await factsReader.run(everyFact, { id: created.id })
      expect(data.shareRequest.facts.fullName).toContain('Canary')
      expect(errors ?? []).toEqual([])
    }
    const declined = await createdBy(customer)
    sandbox.decline(declined.code)
    await customer.run(operations.check, { input: handleOf(declined) })
    const cancelled = await createdBy(customer)
    await customer.run(operations.cancel, { input: handleOf(cancelled) })
    await customer.run(operations.read, { id: cancelled.id, clientSecret: 'wrong' })
    await customer.run(operations.create, {
      input: { policy: 'none', idempotencyKey: 'none', reference: 'r'.repeat(300) },
    })
    await customer.run('{ nonsense(')
    await Promise.all([customer, partner, reader, factsReader].map((client) => client.dispose()))
  }
  // A key that is no good, in every way to show it.
  for (const connect of Object.values(transports)) {
    const stranger = connect(by.browser.url, `${key}x`)
    await stranger.run(operations.policies).catch(() => {})
    await stranger.dispose()
  }
}

/** Follows `created` on every transport that can, as a customer and as a partner, until it has ended. */
async function streams(
  by: Record<'browser' | 'partner', Recorder>,
  created: Created,
  key: string,
): Promise<void> {
  const clients = Object.values(streamingTransports).flatMap((connect) => [
    connect(by.browser.url),
    connect(by.partner.url, key),
  ])
  const all = clients.map((client) => everythingOf(client.subscribe(operations.follow, handleOf(created))))
  for (const events of await Promise.all(all)) expect(JSON.stringify(events)).toContain('ApprovedStatus')
  await Promise.all(clients.map((client) => client.dispose()))
}

/** The secure page, as the browser goes there. */
async function thePage({ url }: Recorder, created: Created): Promise<void> {
  const body = new URLSearchParams(handleOf(created))
  const response = await fetch(`${url}/secure`, { method: 'POST', body, redirect: 'manual' })
  const cookie = response.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
  await (await fetch(`${url}/secure`, { headers: { cookie } })).text()
}

/** Every misbehaviour of Portmone at every call, with a customer and a partner who go on as if nothing were. */
async function theFaults(
  { sandbox }: Stage,
  browser: Recorder,
  partner: Recorder,
  key: string,
): Promise<void> {
  const customer = overHttp(browser.url)
  const reader = overHttp(partner.url, key)
  for (const fault of faults) {
    const approved = await createdBy(customer)
    const open = await createdBy(customer)
    sandbox.approve(approved.code, 'adult')
    const id = sandbox.misbehave(fault)
    const input = { policy: 'everything', idempotencyKey: randomUUID() }
    await Promise.all([
      customer.run(operations.create, { input }),
      customer.run(operations.check, { input: handleOf(approved) }),
      customer.run(operations.cancel, { input: handleOf(open) }),
    ])
    await customer.run(operations.read, handleOf(approved))
    // Refused, or without an answer from Portmone: whatever comes of it, these are no facts.
    if (fault.call === 'facts' || fault.kind === 'facts-missing')
      await reader.run(everyFact, { id: approved.id })
    sandbox.clearFaults(id)
  }
}

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

  test('compressed content hides canaries, so nothing is searched while compressed', () => {
    expect(secretsIn(gzipSync(secret.repeat(3)), [secret])).toEqual([])
    const { 'the pages, headers and frames that went to a browser': pages } = places
    expect(pages?.toString('latin1')).not.toMatch(/content-encoding: (br|deflate)/i)
    expect(places.GraphiQL?.toString()).toContain('<!doctype html')
  })

  test('finds a canary that a browser plants, in its answer and in the files of the store', async () => {
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

test('Portmone sent the facts, and the partner who requested them got them', () => {
  expect(secretsIn(upstream, secrets.facts)).toHaveLength(secrets.facts.length)
  expect(secretsIn(factsAnswers, secrets.facts)).toHaveLength(secrets.facts.length)
  expect(secrets.tokens.length).toBeGreaterThan(0)
})

describe('none of it is anywhere else', () => {
  const kinds = Object.keys(secrets) as (keyof typeof secrets)[]
  const names = [
    'the pages, headers and frames that went to a browser',
    'what the partner is answered beside facts',
    'GraphiQL',
    'the metrics',
    'the files of the store while it is open',
    'the files of the store',
    'the log',
    'the traces',
    'what was written to the console',
  ]

  test('every place was searched, and none was empty', () => {
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
    'what the partner is answered beside facts',
    ...['the metrics', 'the files of the store', 'the log', 'the traces'],
  ])('what the browser holds, clientSecrets and idempotency keys: not in %s', (name) => {
    expect(browsersOwn.length).toBeGreaterThan(50)
    expect(secretsIn(places[name] ?? '', browsersOwn)).toEqual([])
  })
})
