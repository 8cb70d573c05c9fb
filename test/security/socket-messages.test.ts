import { createHash } from 'node:crypto'
import { on, once } from 'node:events'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import WebSocket from 'ws'
import { maxNesting, maxSubscriptionBytes } from '../../server/graphql/request-limits.ts'
import { pageOperations } from '../../server/paths.ts'
import { overHttp, transports } from '../support/clients.ts'
import { type Created, create, operations } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { frame, rawHttp, upgrade } from './raw-clients.ts'
import { nestedLists } from './stranger.ts'

let stage: Stage
let handle: Pick<Created, 'id' | 'clientSecret'>
beforeAll(async () => {
  stage = await startStage({ config: { operationsPerAddress: 3 } })
  const { id, clientSecret } = await create(overHttp(stage.gateway.url))
  handle = { id, clientSecret }
})
afterAll(() => stage[Symbol.asyncDispose]())

function rawSocket(): WebSocket {
  const socket = new WebSocket(`${stage.gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  onTestFinished(async () => {
    socket.terminate()
    await expect.poll(() => stage.gateway.subscribers).toBe(0)
  })
  return socket
}

async function acknowledged(): Promise<WebSocket> {
  const socket = rawSocket()
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'connection_init' }))
  await once(socket, 'message')
  return socket
}

interface Message {
  type: string
  id: string
  // biome-ignore lint/suspicious/noExplicitAny: tests assert what they read
  payload: any
}

/** The next message of the operation `id`. Throws if the socket closes first. */
async function next(socket: WebSocket, id: string): Promise<Message> {
  for await (const [data] of on(socket, 'message', { close: ['close'] })) {
    const message = JSON.parse(String(data))
    if (message.id === id) return message
  }
  throw new Error(`closed before a message to ${id}`)
}

/** Sends `text` and returns the answer to the operation `id`. */
function answered(socket: WebSocket, id: string, text: string): Promise<Message> {
  const message = next(socket, id)
  socket.send(text)
  return message
}

const subscribe = (id: string, payload: object) => JSON.stringify({ id, type: 'subscribe', payload })
const follow = () => ({ query: operations.follow, variables: handle })
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
const byHash = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } })
const codeOf = ({ payload }: Message) => payload[0].extensions.code

/** Asserts that the socket is still usable: it answers another operation. */
async function expectOpen(socket: WebSocket): Promise<void> {
  const { type, payload } = await answered(socket, 'after', subscribe('after', { query: '{ __typename }' }))
  expect({ type, payload }).toEqual({ type: 'next', payload: { data: { __typename: 'Query' } } })
}

describe('refuses one bad operation and keeps its socket open', () => {
  test.each<[string, () => string, string]>([
    ['an id that is too long', () => subscribe('x'.repeat(65), follow()), 'BAD_REQUEST'],
    [
      'a subscription that is too long',
      () => subscribe('1', { ...follow(), extensions: { a: 'x'.repeat(maxSubscriptionBytes) } }),
      'QUERY_TOO_COMPLEX',
    ],
    ['no query', () => subscribe('1', {}), 'GRAPHQL_PARSE_FAILED'],
    [
      'an unknown hash without a query',
      () => subscribe('1', { extensions: byHash('0'.repeat(64)) }),
      'PERSISTED_QUERY_NOT_FOUND',
    ],
    [
      'variables that are nested too deep',
      () =>
        `{"id":"1","type":"subscribe","payload":{"query":"{ __typename }","variables":{"a":${nestedLists(8_000)}}}}`,
      'BAD_USER_INPUT',
    ],
    [
      'extensions that are nested too deep',
      () =>
        `{"id":"1","type":"subscribe","payload":{"query":"{ __typename }","extensions":{"a":${nestedLists(49_000)}}}}`,
      'BAD_USER_INPUT',
    ],
  ])('%s', async (_, message, code) => {
    const socket = await acknowledged()
    const text = message()
    const refused = await answered(socket, JSON.parse(text).id, text)
    expect(refused.type).toBe('error')
    expect(codeOf(refused)).toBe(code)
    await expectOpen(socket)
  })
})

test('accepts an id of 64 characters, and ignores unknown members of a message', async () => {
  const socket = await acknowledged()
  const id = 'x'.repeat(64)
  const text = JSON.stringify({ id, type: 'subscribe', payload: follow(), more: [[['x']]] })
  expect(await answered(socket, id, text)).toMatchObject({ type: 'next' })
})

test('accepts messages of at most 1 KB before connection_ack', async () => {
  const init = (bytes: number) => {
    const bare = JSON.stringify({ type: 'connection_init', payload: { more: '' } })
    return bare.replace('""', `"${'x'.repeat(bytes - bare.length)}"`)
  }
  const within = rawSocket()
  await once(within, 'open')
  within.send(init(1_024))
  expect(String((await once(within, 'message'))[0])).toContain('connection_ack')
  const beyond = rawSocket()
  await once(beyond, 'open')
  beyond.send(init(1_025))
  expect((await once(beyond, 'close'))[0]).toBe(1009)
})

test('closes a socket whose message has too many fragments', async () => {
  const socket = await acknowledged()
  for (let count = 0; count < 200; count++) socket.send(' ', { fin: false })
  expect((await once(socket, 'close'))[0]).toBe(1008)
})

test('answers a deeply nested ping, without its payload', async () => {
  const socket = await acknowledged()
  const pong = once(socket, 'message')
  socket.send(`{"type":"ping","payload":{"a":${nestedLists(49_000)}}}`)
  expect(JSON.parse(String((await pong)[0]))).toEqual({ type: 'pong' })
})

test('runs a persisted operation by its hash, without a query', async () => {
  const texts: string[] = Object.values(JSON.parse(readFileSync(pageOperations, 'utf8')))
  const text = texts.find((text) => text.includes('shareRequestStatus(')) ?? ''
  const socket = await acknowledged()
  const payload = { variables: handle, extensions: byHash(hashOf(text)) }
  expect(await answered(socket, '1', subscribe('1', payload))).toMatchObject({
    type: 'next',
    payload: { data: { shareRequestStatus: { __typename: 'PendingStatus' } } },
  })
})

describe('subscribe and complete in one packet, repeatedly with the same id', () => {
  async function packet(...messages: object[]) {
    const raw = rawHttp(stage.gateway.url, upgrade)
    await once(raw, 'data')
    raw.write(frame({ type: 'connection_init' }))
    await once(raw, 'data')
    let text = ''
    raw.on('data', (chunk) => {
      text += chunk.toString('latin1')
    })
    raw.write(Buffer.concat(messages.map(frame)))
    return { raw, read: () => text }
  }
  const first = () => ({ id: '1', type: 'subscribe', payload: follow() })
  const complete = { id: '1', type: 'complete' }
  const last = () => ({
    id: '1',
    type: 'subscribe',
    payload: { ...follow(), query: operations.follow.replace('subscription', 'subscription Last') },
  })

  test('runs only the last one', async () => {
    for (const rounds of [1, 2, 5]) {
      const begun = Array.from({ length: rounds }, () => [first(), complete]).flat()
      const { raw, read } = await packet(...begun, last())
      await expect.poll(read).toContain('"type":"next"')
      // The answer to a ping comes after the answers to everything sent before it.
      raw.write(frame({ type: 'ping' }))
      await expect.poll(read).toContain('"type":"pong"')
      expect(read().match(/"type":"next"/g)).toHaveLength(1)
      expect(stage.gateway.subscribers).toBe(1)
      raw.write(frame(complete))
      await expect.poll(() => stage.gateway.subscribers).toBe(0)
      raw.destroy()
    }
  })

  test('leaves none running when all are completed', async () => {
    const { raw, read } = await packet(first(), complete, last(), complete)
    raw.write(frame({ id: 'after', type: 'subscribe', payload: { query: '{ __typename }' } }))
    await expect.poll(read).toContain('"id":"after","type":"complete"')
    await expect.poll(() => stage.gateway.subscribers).toBe(0)
    expect(read()).not.toContain('"id":"1"')
    raw.destroy()
  })

  test('drops a waiting operation when its socket closes', async () => {
    const { raw } = await packet(first(), complete, last())
    raw.destroy()
    await once(raw, 'close')
    expect((await fetch(`${stage.gateway.url}/healthz`)).status).toBe(200)
    await expect.poll(() => stage.gateway.subscribers).toBe(0)
  })

  test('closes the socket if a second operation would have to wait, because the id is in use', async () => {
    const { raw, read } = await packet(first(), complete, last(), last())
    await once(raw, 'close')
    expect(read()).toContain('Subscriber for this id already exists')
  })
})

test('refuses an operation beyond the limit of an address, counted over all of its sockets', async () => {
  const sockets = [await acknowledged(), await acknowledged()] as const
  for (const id of ['1', '2', '3'])
    expect(await answered(sockets[0], id, subscribe(id, follow()))).toMatchObject({ type: 'next' })
  for (const socket of sockets) {
    const refused = await answered(socket, '4', subscribe('4', follow()))
    expect(codeOf(refused)).toBe('RATE_LIMITED')
  }
  sockets[0].close()
  await expect
    .poll(async () => (await answered(sockets[1], '5', subscribe('5', { query: '{ __typename }' }))).type)
    .toBe('next')
})

describe.each(Object.entries(transports))('over %s', (_, connect) => {
  test('accepts variables and extensions nested to the limit, and refuses deeper ones', async () => {
    const client = connect(stage.gateway.url)
    const nested = (levels: number) => ({ a: JSON.parse(nestedLists(levels - 1)) })
    for (const query of ['{ __typename }', operations.follow]) {
      if (query !== '{ __typename }' && connect === transports.HTTP) continue
      for (const [variables, extensions] of [
        [nested(maxNesting + 1), {}],
        [{}, nested(maxNesting + 1)],
        [nested(2_500), {}],
      ] as const) {
        const { errors } = await client.run(query, variables, extensions)
        expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT'])
      }
    }
    const { data } = await client.run('{ __typename }', nested(maxNesting), nested(maxNesting))
    expect(data).toEqual({ __typename: 'Query' })
    await client.dispose()
  })
})
