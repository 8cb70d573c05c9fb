import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { overHttp, overWebSocket } from '../support/clients.ts'
import { type Created, create, operations } from '../support/operations.ts'
import { programEnv } from '../support/program.ts'
import { type Stage, startStage } from '../support/stage.ts'

let stage: Stage
let created: Created
beforeAll(async () => {
  stage = await startStage()
  created = await create(overHttp(stage.gateway.url))
})
afterAll(() => stage[Symbol.asyncDispose]())

/** Opens an authenticated socket with one subscription. @returns a promise for how it ends. */
async function openSocket(key: string) {
  const socket = new WebSocket(`${stage.gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  await once(socket, 'open')
  const say = async (message: object) => {
    socket.send(JSON.stringify(message))
    return String((await once(socket, 'message'))[0])
  }
  await say({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } })
  const payload = { query: operations.follow, variables: { id: created.id } }
  expect(await say({ id: '1', type: 'subscribe', payload })).toContain('PendingStatus')
  return { ended: once(socket, 'close').then(([code]) => `closed with ${code}`) }
}

async function openStream(key: string) {
  const response = await fetch(`${stage.gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${key}`,
    },
    body: JSON.stringify({ query: operations.follow, variables: { id: created.id } }),
  })
  expect(response.status).toBe(200)
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  let text = ''
  while (!text.includes('PendingStatus')) text += new TextDecoder().decode((await reader.read()).value)
  const untilTheEnd = async () => {
    for (;;) if ((await reader.read()).done) return 'completed'
  }
  return { ended: untilTheEnd().catch(() => 'cut off') }
}

const idOf = (key: string) => key.split('_')[1] ?? ''

/** Everything after the id. Not split at underscores, because the secret may contain some. */
const secretOf = (key: string) => key.slice(`pmk_${idOf(key)}_`.length)

describe.each([
  [
    'revoked',
    async () => {
      const key = await stage.partnerKey()
      return { key, end: () => stage.gateway.store.revokePartnerKey(idOf(key), stage.gateway.store.now()) }
    },
  ],
  [
    'expired',
    async () => ({
      key: await stage.partnerKey(undefined, stage.gateway.store.now() + 700),
      end: async () => {},
    }),
  ],
])('a key that is %s', (_, make) => {
  test('is refused on all transports, and everything opened with it is closed', async () => {
    const { key, end } = await make()
    const living = await stage.partnerKey()
    const [socket, stream, other, otherStream] = await Promise.all([
      openSocket(key),
      openStream(key),
      openSocket(living),
      openStream(living),
    ])
    const before = stage.gateway.subscribers
    expect(before).toBe(4)
    await end()
    expect(await Promise.all([socket.ended, stream.ended])).toEqual(['closed with 4401', 'cut off'])

    const refused = await overHttp(stage.gateway.url, key).run(operations.policies)
    expect(refused.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
    await expect(overWebSocket(stage.gateway.url, key).run(operations.policies)).rejects.toMatchObject({
      code: 4401,
    })
    // What was opened with the other key stays open until that key is revoked.
    await expect.poll(() => stage.gateway.subscribers).toBe(2)
    await stage.gateway.store.revokePartnerKey(idOf(living), stage.gateway.store.now())
    expect(await Promise.all([other.ended, otherStream.ended])).toEqual(['closed with 4401', 'cut off'])
    await expect.poll(() => stage.gateway.subscribers).toBe(0)
  })
})

test('revoking a key on the command line closes everything opened with it', async () => {
  const key = await stage.partnerKey()
  const [socket, stream] = await Promise.all([openSocket(key), openStream(key)])
  const command = fileURLToPath(new URL('../../server/cli/partner-key.ts', import.meta.url))
  const revoked = promisify(execFile)(process.execPath, [command, 'revoke', idOf(key)], {
    env: { ...programEnv, DATA_DIR: stage.dataDir },
  })
  await revoked
  expect(await Promise.all([socket.ended, stream.ended])).toEqual(['closed with 4401', 'cut off'])
})

test('refuses a revoked key at the next request', async () => {
  const key = await stage.partnerKey()
  const partner = overHttp(stage.gateway.url, key)
  expect((await partner.run(operations.list)).errors).toBeUndefined()
  await stage.gateway.store.revokePartnerKey(idOf(key), stage.gateway.store.now())
  expect((await partner.run(operations.list)).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
})

test.each([
  ['another secret part', (key: string) => `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`],
  ['an unknown id', (key: string) => key.replace(/_[0-9a-f]{18}_/, `_${'0'.repeat(18)}_`)],
  ['the id alone', idOf],
  ['the hash in the store', () => 'f'.repeat(64)],
])('refuses a key with %s', async (_, change) => {
  const key = change(await stage.partnerKey())
  const { errors } = await overHttp(stage.gateway.url, key).run(operations.list)
  expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
})

test('the store keeps only the hash of a key', async () => {
  const key = await stage.partnerKey()
  const kept = JSON.stringify(await stage.gateway.store.listPartnerKeys())
  expect(kept).toContain(idOf(key))
  expect(kept).not.toContain(secretOf(key))
})
