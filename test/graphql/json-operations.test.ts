import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
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

/** Posts `body`. What the page of another origin sends is answered by Yoga. */
async function post(body: string, headers: Record<string, string>, byYoga: boolean) {
  const message = request(`${stage.gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers, ...(byYoga && { origin: otherOrigin }) },
  })
  message.end(body)
  const [response] = await once(message, 'response')
  let text = ''
  for await (const chunk of response) text += chunk
  const { 'content-type': type, 'cache-control': cache } = response.headers
  return { status: response.statusCode, type, cache, text: text.replace(/[0-9a-f-]{36}/g, '(id)') }
}

const json = (query: string, variables?: object, rest: object = {}) =>
  JSON.stringify({ query, variables, ...rest })
const two = 'query A { __typename } query B { policies { name } }'
const unknownHash = { extensions: { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } } }
const bad = `pmk_${'0'.repeat(18)}_${'A'.repeat(43)}`

test.each<[string, () => string, Record<string, string>?]>([
  ['a query', () => json(operations.read, { id: created.id, clientSecret: created.clientSecret })],
  ['a query by a partner', () => json(operations.read, { id: created.id }), { authorization: 'partner' }],
  ['a query of a bad key', () => json(operations.policies), { authorization: `Bearer ${bad}` }],
  ['a mutation', () => json(operations.check, { input: { id: created.id } })],
  [
    'a refusal of a field',
    () => json(operations.facts, { id: created.id, clientSecret: created.clientSecret }),
  ],
  ['the second operation of a document', () => json(two, {}, { operationName: 'B' })],
  ['an operation that is not in the document', () => json(two, {}, { operationName: 'C' })],
  ['no choice among two operations', () => json(two)],
  ['a syntax error', () => json('{')],
  ['an unknown field', () => json('{ nothing }')],
  ['a missing variable', () => json(operations.read, {})],
  ['a variable of the wrong type', () => json(operations.read, { id: {} })],
  ['a hash that nobody knows', () => JSON.stringify(unknownHash)],
  ['extensions', () => json('{ __typename }', undefined, { extensions: { a: 1 } })],
  ['a parameter that there is not', () => json('{ __typename }', undefined, { other: 1 })],
  ['variables that are a list', () => json('{ __typename }', [])],
  ['a query that is no text', () => JSON.stringify({ query: 1 })],
  ['a batch', () => `[${json('{ __typename }')}]`],
  ['null', () => 'null'],
  ['what is no JSON', () => '{"query":'],
  ['a subscription that wants JSON', () => json(operations.follow, { id: created.id })],
])('%s is answered as Yoga answers it', async (_, body, given = {}) => {
  const headers = given.authorization === 'partner' ? { authorization: `Bearer ${key}` } : given
  for (const accept of ['application/json', 'application/graphql-response+json', '*/*', 'text/html, */*']) {
    const [direct, yoga] = [
      await post(body(), { accept, ...headers }, false),
      await post(body(), { accept, ...headers }, true),
    ]
    expect(direct).toEqual(yoga)
  }
})

test('where nothing was executed, the status says so to who asks for the answers of GraphQL over HTTP', async () => {
  const faulty = ['{', '{ nothing }', two, 'query ($id: ID!) { shareRequest(id: $id) { id } }'].map((query) =>
    json(query),
  )
  for (const body of [...faulty, JSON.stringify(unknownHash)])
    expect(await post(body, { accept: 'application/graphql-response+json' }, false)).toMatchObject({
      status: 400,
    })
})

test('a variable of the wrong type is a fault of the request, by the words of HTTP', async () => {
  const body = json(operations.read, { id: {} })
  expect((await post(body, { accept: 'application/graphql-response+json' }, false)).status).toBe(400)
  expect((await post(body, { accept: 'application/json' }, false)).status).toBe(200)
})

test('a media type that there is not is not acceptable', async () => {
  expect((await post(json('{ __typename }'), { accept: 'text/html' }, false)).status).toBe(406)
})

test('a client that hangs up in the middle of its body harms nobody', async () => {
  const socket = connect(Number(new URL(stage.gateway.url).port), '127.0.0.1')
  socket.write(
    'POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{"query"',
  )
  await once(socket, 'connect')
  socket.destroy()
  await once(socket, 'close')
  expect((await post(json('{ __typename }'), {}, false)).text).toBe('{"data":{"__typename":"Query"}}')
  expect(stage.logs.filter((line) => line.includes('"level":"error"'))).toEqual([])
})
