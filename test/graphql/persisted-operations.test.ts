import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OperationsFileError, readOperations } from '../../server/graphql/persisted-operations.ts'
import { schema } from '../../server/schema/index.ts'
import { overWebSocket, streamingTransports, type TestClient, transports } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
const byHash = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } })
const unknown = '0'.repeat(64)
const codesOf = ({ errors = [] }: Awaited<ReturnType<TestClient['run']>>) =>
  errors.map(({ extensions }) => extensions?.code)

const folder = mkdtempSync(join(tmpdir(), 'operations-'))
const operationsFile = join(folder, 'operations.json')
const allowed = [operations.create, operations.read, operations.follow]
writeFileSync(
  operationsFile,
  JSON.stringify(Object.fromEntries(allowed.map((text) => [`sha256:${hashOf(text)}`, text]))),
)

let open: Stage
let restricted: Stage
let key: string
const clients: TestClient[] = []
beforeAll(async () => {
  open = await startStage()
  restricted = await startStage({ config: { operationsFiles: [operationsFile] } })
  key = await restricted.partnerKey()
})
afterAll(async () => {
  await Promise.all(clients.map((client) => client.dispose()))
  await Promise.all([open, restricted].map((stage) => stage[Symbol.asyncDispose]()))
  rmSync(folder, { recursive: true })
})

const connect = (make: (url: string, key?: string) => TestClient, stage: Stage, withKey?: string) => {
  const client = make(stage.gateway.url, withKey)
  clients.push(client)
  return client
}

/** The page's operations by hash: their names and texts. */
const page = Object.entries<string>(
  JSON.parse(
    readFileSync(new URL('../../client/generated/persisted-documents.json', import.meta.url), 'utf8'),
  ),
).map(([hash, text]) => ({ hash, text, name: /\b(?:query|mutation|subscription) (\w+)/.exec(text)?.[1] }))
const pageHash = (name: string) => {
  const operation = page.find((operation) => operation.name === name)
  if (operation === undefined) throw new Error(`The page has no operation ${name}.`)
  return byHash(operation.hash)
}

describe.each(Object.entries(transports))('over %s', (_, make) => {
  test('runs a known hash, for customers and partners', async () => {
    for (const withKey of [undefined, key]) {
      const client = connect(make, restricted, withKey)
      const { id, clientSecret } = await create(client)
      const variables = { id, clientSecret }
      const { data, errors } = await client.run('', variables, byHash(hashOf(operations.read)))
      expect(errors).toBeUndefined()
      expect(data.shareRequest).toMatchObject({ id, status: { __typename: 'PendingStatus' } })
    }
  })

  test('refuses an unknown hash, and runs it if the text is sent as well', async () => {
    for (const [stage, withText] of [
      [open, []],
      [restricted, ['PERSISTED_QUERY_ONLY']],
    ] as const) {
      const client = connect(make, stage)
      const missed = await client.run('', {}, byHash(unknown))
      expect(missed.errors?.[0]?.message).toBe('PersistedQueryNotFound')
      expect(codesOf(missed)).toEqual(['PERSISTED_QUERY_NOT_FOUND'])
      expect(codesOf(await client.run('{ __typename }', {}, byHash(unknown)))).toEqual(withText)
    }
  })

  test('refuses a text that is not registered from customers, and runs it for partners', async () => {
    const text = operations.policies
    expect(codesOf(await connect(make, restricted).run(text))).toEqual(['PERSISTED_QUERY_ONLY'])
    expect(codesOf(await connect(make, open).run(text))).toEqual([])
    expect(codesOf(await connect(make, restricted, key).run(text))).toEqual([])
    // With the hash of an allowed operation, the text is still what would run.
    const disguised = await connect(make, restricted).run(text, {}, byHash(hashOf(operations.read)))
    expect(codesOf(disguised)).toEqual(['PERSISTED_QUERY_ONLY'])
  })

  test("the page's operations run by their hashes, whether customers are restricted or not", async () => {
    for (const stage of [open, restricted]) {
      const client = connect(make, stage)
      const policies = await client.run('', {}, pageHash('Policies'))
      expect(policies.data.policies.length).toBeGreaterThan(0)
      const input = { policy: 'age-over-18', idempotencyKey: randomUUID() }
      const created = await client.run('', { input }, pageHash('CreateShareRequest'))
      const { shareRequest, clientSecret } = created.data.createShareRequest
      const handle = { id: shareRequest.id, clientSecret }
      const checked = await client.run('', { input: handle }, pageHash('CheckShareRequest'))
      expect(checked.data.checkShareRequest.status.__typename).toBe('PendingStatus')
      const cancelled = await client.run('', { input: handle }, pageHash('CancelShareRequest'))
      expect(cancelled.data.cancelShareRequest.status.__typename).toBe('CancelledStatus')
    }
  })
})

test.each(Object.entries(transports))(
  'over %s, a stranger’s text is refused before it is parsed, and a partner’s is parsed',
  async (_, make) => {
    for (const text of ['{', '{ nothing }', `{ ${'a: __typename '.repeat(400)} }`]) {
      expect(codesOf(await connect(make, restricted).run(text))).toEqual(['PERSISTED_QUERY_ONLY'])
      const codes = codesOf(await connect(make, restricted, key).run(text))
      expect(codes[0]).toMatch(/^(GRAPHQL_(PARSE|VALIDATION)_FAILED|QUERY_TOO_COMPLEX)$/)
    }
  },
)

describe.each(Object.entries(streamingTransports))('a subscription over %s', (_, make) => {
  test('runs by its hash, but not with a different text', async () => {
    const client = connect(make, restricted)
    const { id, clientSecret } = await create(client)
    for (const extensions of [byHash(hashOf(operations.follow)), pageHash('SubscribeToShareRequest')]) {
      const events = client.subscribe('', { id, clientSecret }, extensions)
      const { value } = await events.next()
      expect(value.data.shareRequestStatus.__typename).toBe('PendingStatus')
      await events.return?.()
    }
    const other = operations.follow.replace('reference', 'id')
    expect(codesOf(await client.run(other, { id, clientSecret }))).toEqual(['PERSISTED_QUERY_ONLY'])
  })
})

/** Executions so far, such as `query by graphql-jit`. */
async function executions(stage: Stage): Promise<Map<string, number>> {
  const metrics = await (await fetch(`${stage.gateway.url}/metrics`)).text()
  const lines = metrics.matchAll(/^portmone_graphql_executions_total\{type="(.+)",executor="(.+)"\} (\d+)$/gm)
  return new Map([...lines].map(([, type, executor, count]) => [`${type} by ${executor}`, Number(count)]))
}

test('compiles only operations from files', async () => {
  await using stage = await startStage({ config: { operationsFiles: [operationsFile] } })
  const partner = overWebSocket(stage.gateway.url, await stage.partnerKey())
  const { id } = await create(partner)
  expect(await executions(stage)).toEqual(new Map([['mutation by graphql-jit', 1]]))
  await partner.run('', { id }, byHash(hashOf(operations.read)))
  await partner.run(operations.read, { id })
  const events = partner.subscribe(operations.follow, { id })
  await events.next()
  await partner.run(operations.policies)
  const stranger = partner.subscribe(operations.follow.replace('reference', 'id'), { id })
  await stranger.next()
  await partner.run(operations.cancel.replace('id status', 'status'), { input: { id: randomUUID() } })
  expect(await executions(stage)).toEqual(
    new Map([
      ['mutation by graphql-jit', 1],
      ['query by graphql-jit', 2],
      ['subscription by graphql-jit', 1],
      ['query by graphql-tools', 1],
      ['subscription by graphql-tools', 1],
      ['mutation by graphql-tools', 1],
    ]),
  )
  await partner.dispose()
})

test('a body without a query runs by its hash, whoever answers it', async () => {
  const body = JSON.stringify({ extensions: pageHash('Policies') })
  for (const accept of ['application/json', 'application/json; charset=utf-8']) {
    const response = await fetch(`${restricted.gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body,
    })
    expect(await response.json()).toMatchObject({ data: { policies: expect.any(Array) } })
  }
})

test.each<[string, string, RegExp]>([
  ['no JSON', 'x', /JSON/],
  ['no object', '[]', /expected record/],
  ['a key that is not a hash', '{"a": "{ __typename }"}', /SHA-256/],
  ['a text that is none', `{"${unknown}": 1}`, /text/],
  ['an operation that the schema does not have', `{"${unknown}": "{ nothing }"}`, /nothing/],
])('rejects a file with %s, and names the problem', (_, content, message) => {
  const file = join(folder, 'faulty.json')
  writeFileSync(file, content)
  const reading = () => readOperations([file], schema)
  expect(reading).toThrow(OperationsFileError)
  expect(reading).toThrow(message)
  expect(reading).toThrow(file)
})

test('names a missing file in the error', () => {
  const file = fileURLToPath(new URL('none.json', import.meta.url))
  expect(() => readOperations([file], schema)).toThrow(/none\.json.*ENOENT/)
})
