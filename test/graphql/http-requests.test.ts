import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { IncomingMessage, request, ServerResponse } from 'node:http'
import { connect, Socket } from 'node:net'
import { createYoga } from 'graphql-yoga'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import type { HttpExchange } from '../../server/graphql/operation.ts'
import { createYogaRunner } from '../../server/http/yoga.ts'
import type { Context } from '../../server/schema/context.ts'
import { schema } from '../../server/schema/index.ts'
import { overHttp } from '../support/clients.ts'
import { type Created, create, operations } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'

const otherOrigin = 'https://other.example'

let stage: Stage
let key: string
let created: Created

beforeAll(async () => {
  stage = await startStage({ config: { allowedOrigins: [otherOrigin] } })
  key = await stage.partnerKey()
  created = await create(overHttp(stage.gateway.url))
})
afterAll(() => stage[Symbol.asyncDispose]())

/** Posts `body`. Requests from another origin go to Yoga. */
async function post(body: string, headers: Record<string, string>, byYoga = false) {
  const message = request(`${stage.gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers, ...(byYoga && { origin: otherOrigin }) },
  })
  message.end(body)
  const [response] = await once(message, 'response')
  let text = ''
  for await (const chunk of response) text += chunk
  const { 'content-type': type, 'cache-control': cache, 'www-authenticate': challenge } = response.headers
  return {
    ...{ status: response.statusCode, type, cache, challenge },
    text: text.replace(/[0-9a-f-]{36}/g, '(id)'),
  }
}

/** The number of operations that have taken the fast path. */
async function fastPathCount(): Promise<number> {
  const metrics = await (await fetch(`${stage.gateway.url}/metrics`)).text()
  return Number(/^portmone_graphql_fast_path_total (\d+)$/m.exec(metrics)?.[1])
}

const json = (query: string, variables?: object, rest: object = {}) =>
  JSON.stringify({ query, variables, ...rest })
const two = 'query A { __typename } query B { policies { name } }'
const byHash = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } })
const unknownHash = byHash('0'.repeat(64))
const bad = `pmk_${'0'.repeat(18)}_${'A'.repeat(43)}`

const pageOperations: [hash: string, text: string][] = Object.entries(
  JSON.parse(
    readFileSync(new URL('../../client/generated/persisted-documents.json', import.meta.url), 'utf8'),
  ),
)
const hashOf = (name: string) => {
  const [hash] = pageOperations.find(([, text]) => text.includes(` ${name}(`)) ?? []
  if (hash === undefined) throw new Error(`The page has no operation ${name}.`)
  return hash
}
const known = (name: string, variables?: object, rest: object = {}) =>
  JSON.stringify({ ...byHash(hashOf(name)), variables, ...rest })

test.each<[string, () => string, Record<string, string>?]>([
  ['a query', () => known('Policies')],
  ['a query with a variable', () => known('PolicyByName', { name: 'age-over-18', language: 'uk' })],
  ['a query of a partner', () => known('Policies'), { authorization: 'partner' }],
  ['a query with an unknown key', () => known('Policies'), { authorization: `Bearer ${bad}` }],
  ['a query with a key without Bearer', () => known('Policies'), { authorization: bad }],
  [
    'a mutation',
    () => known('CheckShareRequest', { input: { id: created.id, clientSecret: created.clientSecret } }),
  ],
  [
    'a mutation with a wrong secret',
    () => known('CheckShareRequest', { input: { id: created.id, clientSecret: 'x' } }),
  ],
  ['a mutation that needs a key', () => known('CheckShareRequest', { input: { id: created.id } })],
  ['a missing variable', () => known('PolicyByName')],
  ['a variable of the wrong type', () => known('PolicyByName', { name: {} })],
  ['the name of its operation', () => known('Policies', {}, { operationName: 'Policies' })],
  ['an empty text beside the hash', () => known('Policies', {}, { query: '' })],
])('by hash, %s takes the fast path and is answered like Yoga', async (_, body, given = {}) => {
  const headers = given.authorization === 'partner' ? { authorization: `Bearer ${key}` } : given
  for (const accept of ['application/json', 'application/graphql-response+json', '*/*', 'text/html, */*']) {
    const before = await fastPathCount()
    const fast = await post(body(), { accept, ...headers })
    expect(await fastPathCount()).toBe(before + 1)
    const yoga = await post(body(), { accept, ...headers }, true)
    expect(await fastPathCount()).toBe(before + 1)
    expect(fast).toEqual(yoga)
  }
})

const accepts = [
  'application/json',
  'application/graphql-response+json',
  'application/json, text/event-stream',
  'text/event-stream, application/json',
  'application/graphql-response+json, application/json, text/event-stream, multipart/mixed',
  'multipart/mixed, application/json',
  'application/json, */*; charset=utf-8',
  '*/*',
]

test.each<[string, () => string, Record<string, string>?]>([
  ['a query', () => json(operations.policies)],
  ['a query of a partner', () => json(operations.list), { authorization: 'partner' }],
  ['a query with an unknown key', () => json(operations.policies), { authorization: `Bearer ${bad}` }],
  ['a mutation', () => json(operations.check, { input: { id: created.id, clientSecret: 'x' } })],
  ['a subscription', () => json(operations.follow, { id: 'x', clientSecret: 'x' })],
  ['a syntax error', () => json('{')],
  ['an unknown field', () => json('{ nothing }')],
  ['no text', () => json('')],
  ['one of two operations', () => json(two, {}, { operationName: 'B' })],
  ['neither of two operations', () => json(two)],
  ['a missing variable', () => json(operations.read)],
  ['an unknown hash', () => JSON.stringify(unknownHash)],
  ['members that are null', () => JSON.stringify({ query: '{ __typename }', variables: null })],
])('as text, %s is answered alike with and without Yoga’s handling of HTTP', async (_, body, given = {}) => {
  const headers = given.authorization === 'partner' ? { authorization: `Bearer ${key}` } : given
  for (const accept of accepts)
    expect(await post(body(), { accept, ...headers }), accept).toEqual(
      await post(body(), { accept, ...headers }, true),
    )
})

test('a text is answered without Yoga’s handling of HTTP, unless it comes from another origin', async () => {
  const end = vi.spyOn(ServerResponse.prototype, 'end')
  onTestFinished(() => end.mockRestore())
  const body = json('{ __typename }')
  await post(body, { accept: 'application/json' })
  await post(body, { accept: 'application/json' }, true)
  // Yoga writes the body before it ends the response.
  expect(end.mock.calls.map(([text]) => text)).toEqual(['{"data":{"__typename":"Query"}}', null])
})

test('Yoga runs all texts with the same Fetch Request', async () => {
  const requests = new Set<Request>()
  const yoga = createYoga<HttpExchange, Context>({
    schema,
    plugins: [{ onParams: ({ request }) => void requests.add(request) }],
  })
  const run = createYogaRunner(yoga)
  const req = new IncomingMessage(new Socket())
  const res = new ServerResponse(req)
  for (const query of ['{ __typename }', 'query Other { __typename }'])
    expect(await run({ req, res }, { query })).toEqual({ data: { __typename: 'Query' } })
  expect(requests.size).toBe(1)
})

test('one listener cleans up after a response', async () => {
  const listeners: number[] = []
  const end = vi.spyOn(ServerResponse.prototype, 'end').mockImplementation(function (this: ServerResponse) {
    listeners.push(this.listenerCount('close'))
    return this.destroy()
  })
  onTestFinished(() => end.mockRestore())
  await expect(post(known('Policies'), { accept: 'application/json' })).rejects.toThrow('socket hang up')
  expect(listeners).toEqual([1])
})

test.each<[string, () => string, Record<string, string>?]>([
  ['a text', () => json(operations.policies)],
  ['the text of a known operation', () => json(pageOperations[0]?.[1] ?? '')],
  ['a text beside a hash', () => known('Policies', {}, { query: '{ __typename }' })],
  ['an unknown hash', () => JSON.stringify(unknownHash)],
  ['an operation that the document does not have', () => known('Policies', {}, { operationName: 'Other' })],
  ['a subscription', () => known('SubscribeToShareRequest', { id: created.id, clientSecret: 'x' })],
  ['a media type of another charset', () => known('Policies'), { accept: 'application/json; charset=utf-8' }],
  ['a query as an event stream', () => known('Policies'), { accept: 'text/event-stream' }],
  ['a batch', () => `[${known('Policies')}]`],
  ['an unknown parameter', () => known('Policies', {}, { other: 1 })],
  ['invalid JSON', () => '{"query":'],
  ['null', () => 'null'],
])('%s does not take the fast path', async (_, body, headers = {}) => {
  const before = await fastPathCount()
  const { status } = await post(body(), { accept: 'application/json', ...headers })
  expect(status).toBeLessThan(500)
  expect(await fastPathCount()).toBe(before)
})

test('a request that executed nothing has an error status for clients that accept graphql-response+json', async () => {
  const faulty = ['{', '{ nothing }', two, 'query ($id: ID!) { shareRequest(id: $id) { id } }'].map((query) =>
    json(query),
  )
  for (const body of [...faulty, JSON.stringify(unknownHash)])
    expect(await post(body, { accept: 'application/graphql-response+json' })).toMatchObject({
      status: 400,
    })
})

test('answers 400 to a variable of the wrong type', async () => {
  const body = json(operations.read, { id: {} })
  expect((await post(body, { accept: 'application/graphql-response+json' })).status).toBe(400)
  expect((await post(body, { accept: 'application/json' })).status).toBe(200)
})

test.each(['text/html', 'image/png'])('answers 406 to Accept: %s', async (accept) => {
  const { status, type, text } = await post(json('{ __typename }'), { accept })
  expect({ status, type }).toEqual({ status: 406, type: 'application/json; charset=utf-8' })
  expect(JSON.parse(text)).toEqual({
    errors: [
      {
        message: 'Accept application/json, or text/event-stream for a subscription.',
        extensions: { code: 'NOT_ACCEPTABLE' },
      },
    ],
  })
})

test.each(['gzip', 'br', 'x-unknown'])(
  'answers 415 to a body with Content-Encoding: %s',
  async (encoding) => {
    const { status, text } = await post(json('{ __typename }'), { 'content-encoding': encoding })
    expect(status).toBe(415)
    expect(JSON.parse(text).errors).toMatchObject([
      { message: expect.stringContaining('uncompressed'), extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } },
    ])
    expect((await post(json('{ __typename }'), { 'content-encoding': 'identity' })).status).toBe(200)
  },
)

test.each(['PUT', 'DELETE', 'PATCH', 'GET'])('answers 405 to %s', async (method) => {
  const response = await fetch(`${stage.gateway.url}/graphql`, { method })
  expect(response.status).toBe(405)
  expect(response.headers.get('allow')).toBe('POST')
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'METHOD_NOT_ALLOWED' } }] })
})

test('survives a client that hangs up in the middle of its body', async () => {
  const socket = connect(Number(new URL(stage.gateway.url).port), '127.0.0.1')
  socket.write(
    'POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{"query"',
  )
  await once(socket, 'connect')
  socket.destroy()
  await once(socket, 'close')
  expect((await post(json('{ __typename }'), {})).text).toBe('{"data":{"__typename":"Query"}}')
  expect(stage.logs.filter((line) => line.includes('"level":"error"'))).toEqual([])
})
