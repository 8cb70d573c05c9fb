import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { overHttp, type Result, type TestClient } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { type Stage, startStage } from '../support/stage.ts'

let postgres: PostgresServer

beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterAll(() => postgres.close())

/** What PostgreSQL refuses, and what UTF-8 does not carry. */
const unstorable = ['a\u0000b', '\u0000', 'a\ud83d', '\ude00a', '\ude00\ud83d']
const unusual = [
  '注文一',
  '👩‍👩‍👧',
  'e\u0301',
  '\ufeffbom',
  '\uffff',
  '\u{10ffff}',
  '‏مرجع',
  "'; drop table x; --",
  '%_\\',
]

const list = `query ($filter: ShareRequestFilter, $after: String) {
  shareRequests(filter: $filter, after: $after) { edges { node { id reference } } }
}`
const changes = `subscription ($after: String, $filter: ShareRequestFilter) {
  shareRequestChanges(after: $after, filter: $filter) { cursor }
}`
const cursorWith = (text: string) => Buffer.from(`1:${text}`).toString('base64url')

/** Every way in which a caller's text can reach the store. */
const uses: [string, (client: TestClient, text: string) => Promise<Result>][] = [
  ['an id that is read', (client, text) => client.run(operations.read, { id: text })],
  ['a clientSecret', (client, text) => client.run(operations.read, { id: randomUUID(), clientSecret: text })],
  ['an id that is checked', (client, text) => client.run(operations.check, { input: { id: text } })],
  ['an id that is cancelled', (client, text) => client.run(operations.cancel, { input: { id: text } })],
  ...['id', 'policy', 'reference', 'referencePrefix'].map((name): (typeof uses)[number] => [
    `the filter ${name}`,
    (client, text) => client.run(list, { filter: { [name]: text } }),
  ]),
  ['a cursor', (client, text) => client.run(list, { after: text })],
  ['a text in a cursor', (client, text) => client.run(list, { after: cursorWith(text) })],
  ['a cursor of changes', (client, text) => client.run(changes, { after: text })],
  ['a filter of changes', (client, text) => client.run(changes, { filter: { reference: text } })],
]

describe.each(['embedded', 'PostgreSQL'])('with the store %s', (kind) => {
  let stage: Stage
  let client: TestClient

  beforeAll(async () => {
    const databaseUrl = kind === 'PostgreSQL' ? await postgres.createDatabase() : undefined
    stage = await startStage({ config: { databaseUrl } })
    client = overHttp(stage.gateway.url, await stage.partnerKey())
  })
  afterAll(async () => {
    await client.dispose()
    await stage[Symbol.asyncDispose]()
  })

  test.each(uses)('%s that no store can keep is refused', async (_, use) => {
    for (const text of unstorable) {
      const { errors } = await use(client, text)
      expect(errors?.[0]?.extensions, JSON.stringify(text)).toMatchObject({ code: 'BAD_USER_INPUT' })
    }
  })

  test('a creation with a text that no store can keep is refused, and leaves its key free', async () => {
    const idempotencyKey = randomUUID()
    for (const text of unstorable) {
      const input = { policy: 'age-over-18', idempotencyKey, reference: text }
      const { data } = await client.run(operations.create, { input })
      expect(data.createShareRequest.__typename, JSON.stringify(text)).toBe('InvalidInput')
    }
    const { data } = await client.run(operations.create, { input: { policy: 'age-over-18', idempotencyKey } })
    expect(data.createShareRequest.__typename).toBe('CreateShareRequestSuccess')
  })

  test.each(unusual)('the reference %j is kept as it is and found again', async (reference) => {
    const { id } = await create(client, { reference })
    for (const filter of [{ reference }, { referencePrefix: reference }]) {
      const { data } = await client.run(list, { filter })
      expect(data.shareRequests.edges).toEqual([{ node: { id, reference } }])
    }
  })

  test('none of this was an error of the gateway', () => {
    const errors = stage.logs.map((line) => JSON.parse(line)).filter(({ level }) => level === 'error')
    expect(errors).toEqual([])
  })
})
