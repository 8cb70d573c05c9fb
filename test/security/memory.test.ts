import { expect, test } from 'vitest'
import { readConfig } from '../../server/config.ts'
import { maxRequestBytes, maxSubscriptionBytes } from '../../server/graphql/request-limits.ts'
import { overHttp } from '../support/clients.ts'
import { create } from '../support/operations.ts'
import { type GatewayWithHeap, type Memory, startGatewayWithHeap } from './gateway-with-heap.ts'
import { answer, firstFragment, nestedLists, Stranger, textFrame } from './stranger.ts'

const defaults = readConfig({
  GATEWAY_SECRET: 'canary-gateway-secret-0123456789abcdef',
  PORTMONE_URL: 'http://127.0.0.1:1',
  PORTMONE_CLIENT_ID: 'x',
  PORTMONE_CLIENT_SECRET: 'x',
  POLICIES_FILE: 'x',
})

const subscribe = (id: string, params: string) =>
  textFrame(`{"id":"${id}","type":"subscribe","payload":${params}}`)

/** The longest parameters that a subscription may have, in a text that takes two bytes per character in memory. */
function longSubscription(number: number, fields: string, variables: object): string {
  const query = `# Ж\nsubscription S${number}($id: ID!, $clientSecret: String) { shareRequestStatus(id: $id, clientSecret: $clientSecret) { ${fields} } }`
  const params = (rest: string) => JSON.stringify({ query: query + rest, variables })
  const room = maxSubscriptionBytes - 120 - Buffer.byteLength(params(''))
  return params(` #${'x'.repeat(room)}`)
}

/** The most tokens that a document may have. Parsed, it takes forty times the memory of its text. */
const manyFields = `shareRequest { policy { ${Array.from({ length: 40 }, () => 'purpose(language:"en")').join(' ')} } }`

const total = ({ heap, buffers }: Memory) => heap + buffers

interface Limits {
  connections: number
  streams: number
  operations: number
}

/** Uses all `limits` at once, with the largest input that the gateway accepts. */
async function useAll(
  gateway: GatewayWithHeap,
  stranger: Stranger,
  limits: Limits,
  fields: string,
): Promise<void> {
  const { id, clientSecret } = await create(overHttp(gateway.url))
  let made = 0
  const next = () => longSubscription(made++, fields, { id, clientSecret })

  const eventStreams = Math.ceil(limits.streams / 10)
  const sockets = await many(limits.streams - eventStreams, () => stranger.socket())
  await many(eventStreams, async () => answer(await stranger.post(next()), 'event: next'))
  const socketOf = (number: number) => sockets[number % sockets.length] as (typeof sockets)[number]
  const run = (number: number, sign: string) => {
    const id = String(number).padStart(64, '0')
    const answered = answer(socketOf(number), `"id":"${id}","type":"${sign}"`)
    socketOf(number).write(subscribe(id, next()))
    return answered
  }
  await many(limits.operations, (number) => run(number, 'next'))
  await run(limits.operations, 'error')
  await expect(stranger.socket()).rejects.toThrow('429')

  const { buffers } = await gateway.memory()
  const whole = JSON.stringify({ query: '{a}'.padEnd(maxRequestBytes - 100) })
  const requests = await many(limits.connections - limits.streams, () =>
    stranger.post(whole, whole.slice(0, -1)),
  )
  for (const socket of sockets) socket.write(firstFragment(whole))
  const withheld = (requests.length + sockets.length) * maxRequestBytes
  await expect
    .poll(async () => (await gateway.memory()).buffers, { timeout: 20_000 })
    .toBeGreaterThan(buffers + 0.8 * withheld)
  await expect(stranger.connect('').then((socket) => answer(socket, '200'))).rejects.toThrow(
    'closed before 200',
  )
}

/** Opens `count`, in groups that fit into the backlog of connections. */
async function many<T>(count: number, open: (number: number) => Promise<T>): Promise<T[]> {
  const opened: T[] = []
  for (let at = 0; at < count; at += 50)
    opened.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(50, count - at) }, (_, index) => open(at + index)),
      )),
    )
  return opened
}

test('keeps less than 100 MB for one address that uses all its limits at once', {
  timeout: 60_000,
}, async () => {
  await using gateway = await startGatewayWithHeap(192)
  using stranger = new Stranger(gateway.url)
  const before = total(await gateway.memory())
  const limits = {
    connections: defaults.connectionsPerAddress,
    streams: defaults.streamsPerAddress,
    operations: defaults.operationsPerAddress,
  }
  await useAll(gateway, stranger, limits, manyFields)
  expect(total(await gateway.memory())).toBeLessThan(before + 100e6)
})

test('keeps less than 1 GB when all limits are used at once', { timeout: 120_000 }, async () => {
  // Room for the test's own requests.
  const connections = defaults.maxConnections - 10
  const streams = connections - 90
  const operations = defaults.maxOperations
  await using gateway = await startGatewayWithHeap(1_024, {
    CONNECTIONS_PER_ADDRESS: String(connections),
    STREAMS_PER_ADDRESS: String(streams),
    OPERATIONS_PER_ADDRESS: String(operations),
    REQUEST_TIMEOUT: '60',
  })
  using stranger = new Stranger(gateway.url)
  await useAll(gateway, stranger, { connections, streams, operations }, 'version')
  const memory = await gateway.memory()
  expect(total(memory)).toBeLessThan(1e9)
  expect(memory.resident).toBeLessThan(1e9)
})

test('refuses deeply nested extensions and connection_init payloads, and keeps none of them', async () => {
  await using gateway = await startGatewayWithHeap(128)
  using stranger = new Stranger(gateway.url)
  const { id, clientSecret } = await create(overHttp(gateway.url))
  const query =
    'subscription ($id: ID!, $clientSecret: String) { shareRequestStatus(id: $id, clientSecret: $clientSecret) { version } }'
  const variables = { id, clientSecret }
  const before = total(await gateway.memory())
  const plain = JSON.stringify({ query, variables })
  const attack = plain.replace(/}$/, `,"extensions":{"a":${nestedLists(49_000)}}}`)

  for (let count = 0; count < 4; count++) {
    const socket = await stranger.socket()
    for (let number = 0; number < 100; number++) {
      const refused = answer(socket, `"id":"${number}","type":"error","payload":[{"message":"\`extensions\``)
      socket.write(subscribe(String(number), attack))
      await refused
    }
    const event = answer(socket, '"id":"100","type":"next"')
    socket.write(subscribe('100', plain))
    await event
  }
  await many(200, async () => answer(await stranger.post(attack), '"BAD_USER_INPUT"'))
  const init = `{"authorization":${nestedLists(49_000)}}`
  await many(100, () => expect(stranger.socket(init)).rejects.toThrow('Send at most 1024 bytes'))
  expect(total(await gateway.memory())).toBeLessThan(before + 20e6)
})
