import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace'
import { beforeEach, expect, test } from 'vitest'
import { paths } from '../../portmone/wire.ts'
import { registerTracing } from '../../server/monitoring/trace-export.ts'
import { inSpan } from '../../server/share-requests/tracing.ts'
import { ask, watchedPortmone } from '../portmone/client.ts'
import { startFakePortmone } from '../portmone/fake.ts'
import { overHttp, overWebSocket, transports } from '../support/clients.ts'
import { create, operations, statusesOf } from '../support/operations.ts'
import { gatewaySecret, type Stage, startStage, testPartner } from '../support/stage.ts'

const exporter = new InMemorySpanExporter()
registerTracing(new SimpleSpanProcessor({ exporter }), {})
beforeEach(() => exporter.reset())

/** The gateway calls Portmone only after a hint. */
const patient = {
  minPollIntervalMs: 3_600_000,
  maxPollIntervalMs: 3_600_000,
  unwatchedIntervalMs: 3_600_000,
  watchTtlMs: 3_600_000,
}

const spans = (name: string) => exporter.getFinishedSpans().filter((span) => span.name === name)
const parentOf = (span: ReadableSpan) =>
  exporter.getFinishedSpans().find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId)
    ?.name
const linked = (span: ReadableSpan) => span.links.map(({ context }) => context.spanId)
const idOf = (span: ReadableSpan) => span.spanContext().spanId

/** The only span with this name. */
function only(name: string): ReadableSpan {
  const [span, ...others] = spans(name)
  if (span === undefined || others.length > 0) throw new Error(`${others.length + (span ? 1 : 0)} × ${name}`)
  return span
}

/** Follows and approves a share request, and waits for the approval. @returns every secret that was involved. */
async function approve(stage: Stage): Promise<string[]> {
  const client = overHttp(stage.gateway.url)
  const follower = overWebSocket(stage.gateway.url)
  const created = await create(client)
  const { id, clientSecret, code } = created
  const stream = follower.subscribe(operations.follow, { id, clientSecret })
  await stream.next()
  stage.sandbox.approve(code, 'adult')
  await client.run(operations.check, { input: { id, clientSecret } })
  expect(await statusesOf(stream)).toEqual([['ApprovedStatus', 2]])
  await follower.dispose()
  return [clientSecret, code]
}

test('one trace leads from the mutation to Portmone', async () => {
  await using stage = await startStage({ watcher: patient })
  await create(overHttp(stage.gateway.url))
  const upstream = only(`POST ${paths.shareRequests}`)
  const traceId = upstream.spanContext().traceId
  expect(parentOf(upstream)).toBe('create share request')
  expect(parentOf(only('create share request'))).toBe('mutation')
  expect(only('mutation').spanContext().traceId).toBe(traceId)
  expect(only('mutation').attributes).toEqual({ 'graphql.operation.type': 'mutation' })
})

test('sends no trace context to Portmone', async () => {
  await using upstream = await startFakePortmone()
  await using client = watchedPortmone(upstream.url, {})
  await inSpan('test', {}, () => client.portmone.createRequest(ask, 'key-1'))
  expect(only('test').spanContext().traceId).toBe(only(`POST ${paths.shareRequests}`).spanContext().traceId)
  const sent = upstream.arrived.flatMap(({ headers }) => Object.keys(headers))
  expect(sent).toContain('authorization')
  for (const name of ['traceparent', 'tracestate', 'baggage']) expect(sent).not.toContain(name)
})

test.each(Object.entries(transports))('traces an operation over %s', async (_, connect) => {
  await using stage = await startStage({ watcher: patient })
  const client = connect(stage.gateway.url)
  await client.run('query Mine { policies { name } }')
  expect(only('query').attributes).toEqual({
    'graphql.operation.type': 'query',
    'graphql.operation.name': 'Mine',
  })
  await client.dispose()
})

test("uses a caller's traceparent, and none of its other trace headers", async () => {
  await using stage = await startStage({ watcher: patient })
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  await fetch(`${stage.gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
      tracestate: 'canary=1',
    },
    body: JSON.stringify({ query: '{ policies { name } }' }),
  })
  expect(only('query').spanContext()).toMatchObject({ traceId })
  expect(only('query').spanContext().traceState?.serialize() ?? '').toBe('')
})

test('a check links to its callers, and a delivery to its transition', async () => {
  await using stage = await startStage({ watcher: patient })
  await approve(stage)
  const check = only('check')
  expect(check.parentSpanContext).toBeUndefined()
  expect(linked(check)).toEqual([idOf(only('check share request'))])
  const transitions = spans('transition')
  // The approval and its outcome are one write, because the facts arrive at once.
  expect(transitions.map(parentOf)).toEqual(['check'])
  const last = transitions.at(-1)
  expect(last?.attributes).toEqual({
    'share_request.id': expect.any(String),
    'share_request.policy': 'kyc-basic',
    'share_request.state': 'APPROVED',
    'share_request.version': 2,
  })
  const delivery = only('deliver event')
  expect(delivery.parentSpanContext).toBeUndefined()
  expect(linked(delivery)).toEqual([last && idOf(last)])
})

test('a check that several share links to each', async () => {
  await using stage = await startStage({ watcher: patient })
  const client = overHttp(stage.gateway.url)
  const { id, clientSecret, code } = await create(client)
  const input = { id, clientSecret }
  stage.sandbox.misbehave({ kind: 'latency', ms: 150, call: 'status' })
  const first = client.run(operations.check, { input })
  await stage.sandbox.reachCalls('status', 1, code)
  await Promise.all([first, ...[1, 2, 3].map(() => client.run(operations.check, { input }))])
  const asked = spans('check share request').map(idOf)
  expect(asked).toHaveLength(4)
  expect(new Set(spans('check').flatMap(linked))).toEqual(new Set(asked))
  expect(Math.max(...spans('check').map(({ links }) => links.length))).toBeGreaterThanOrEqual(2)
})

test('no span contains a secret, code, fact or unexpected attribute', async () => {
  await using stage = await startStage({ watcher: patient })
  const secrets = await approve(stage)
  const key = await stage.partnerKey()
  const partner = overHttp(stage.gateway.url, key)
  const [{ attributes }] = spans('transition') as [ReadableSpan]
  const { data } = await partner.run(operations.facts, { id: attributes['share_request.id'] })
  const { fullName, dateOfBirth } = data.shareRequest.facts
  const told = exporter
    .getFinishedSpans()
    .map(({ name, attributes, events, links, status }) =>
      JSON.stringify([name, attributes, events, links, status]),
    )
    .join('\n')
  const canaries = [...secrets, key, gatewaySecret, testPartner.clientId, testPartner.clientSecret]
  for (const canary of [...canaries, fullName, dateOfBirth].filter((value) => typeof value === 'string'))
    expect(told).not.toContain(canary)
  const names = new Set(exporter.getFinishedSpans().flatMap((span) => Object.keys(span.attributes)))
  expect([...names].sort()).toEqual([
    'graphql.operation.type',
    'http.request.method',
    'http.response.status_code',
    'portmone.call',
    'server.address',
    'share_request.id',
    'share_request.policy',
    'share_request.state',
    'share_request.version',
    'url.template',
  ])
})
