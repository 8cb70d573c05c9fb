import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { maxRequestBytes } from '../../server/graphql/request-limits.ts'
import { SlowReaders } from '../../server/http/slow-readers.ts'
import { overHttp, overSse, overWebSocket } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'
import { startTestStage } from '../support/test-stage.ts'
import { rawHttp } from './raw-clients.ts'

const post = (length: number, headers = '') =>
  `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n${headers}\r\n`
const body = JSON.stringify({ query: '{ __typename }' })

/** Everything received until the connection closes. */
async function answerOf(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  socket.on('error', () => {})
  if (!socket.closed) await once(socket, 'close')
  return text
}

test.each([
  ['its body withheld', post(body.length) + body.slice(0, 5)],
  ['its headers withheld', 'POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\n'],
  ['nothing sent', ''],
])('answers 408 to a request with %s, and closes it', async (_, sent) => {
  const { gateway } = await startTestStage({ requestTimeoutMs: 200 })
  expect(await answerOf(rawHttp(gateway.url, sent))).toContain('408 Request Timeout')
})

test('answers 408 to a body that arrives byte by byte', async () => {
  const { gateway } = await startTestStage({ requestTimeoutMs: 300 })
  const socket = rawHttp(gateway.url, post(1_000))
  const drip = setInterval(() => socket.write(' '), 20)
  onTestFinished(() => clearInterval(drip))
  expect(await answerOf(socket)).toContain('408 Request Timeout')
})

test('leaves event streams and sockets open beyond the request timeout', async () => {
  const { gateway, sandbox } = await startTestStage({ requestTimeoutMs: 500 })
  const customer = overHttp(gateway.url)
  const created = [await create(customer), await create(customer)]
  const clients = [overSse(gateway.url), overWebSocket(gateway.url)]
  const streams = clients.map((client, index) => {
    const { id, clientSecret } = created[index] as (typeof created)[number]
    return client.subscribe(operations.follow, { id, clientSecret })
  })
  for (const stream of streams) expect((await stream.next()).value.errors).toBeUndefined()
  await answerOf(rawHttp(gateway.url, ''))
  await answerOf(rawHttp(gateway.url, ''))
  for (const { code } of created) sandbox.approve(code, 'adult')
  for (const stream of streams)
    expect((await stream.next()).value.data.shareRequestStatus.__typename).toBe('ApprovedStatus')
  for (const client of clients) await client.dispose()
})

test('refuses a body by its declared length before any of it arrives', async () => {
  const { gateway } = await startTestStage()
  const answer = await answerOf(rawHttp(gateway.url, post(maxRequestBytes + 1)))
  expect(answer).toContain('413 Payload Too Large')
  expect(answer).toContain('"REQUEST_ENTITY_TOO_LARGE"')
})

const connectFrom = async (url: string, localAddress: string, sent: string): Promise<Socket> => {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', localAddress })
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(sent)
  return socket
}

const firstAnswer = async (socket: Socket) => String((await once(socket, 'data'))[0])

test('refuses connections beyond the limit of an address, and serves other addresses', async () => {
  const { gateway } = await startTestStage({ connectionsPerAddress: 2 })
  const slow = await connectFrom(gateway.url, '127.0.0.2', post(body.length))
  await connectFrom(gateway.url, '127.0.0.2', post(body.length))
  const refused = await answerOf(await connectFrom(gateway.url, '127.0.0.2', ''))
  expect(refused).toContain('429 Too Many Requests')
  expect(refused).toContain('Retry-After: 60')
  const other = await connectFrom(gateway.url, '127.0.0.3', post(body.length) + body)
  expect(await firstAnswer(other)).toContain('200 OK')
  slow.destroy()
  await expect
    .poll(async () => {
      const again = await connectFrom(gateway.url, '127.0.0.2', post(body.length) + body)
      return firstAnswer(again)
    })
    .toContain('200 OK')
})

test('counts the requests in progress of each customer behind a proxy', async () => {
  const { gateway } = await startTestStage({ connectionsPerAddress: 1, trustedProxies: 1 })
  const by = (customer: string) => `x-forwarded-for: ${customer}\r\n`
  const slow = rawHttp(gateway.url, post(body.length, by('192.0.2.1')))
  await expect
    .poll(async () => firstAnswer(rawHttp(gateway.url, post(body.length, by('192.0.2.1')) + body)))
    .toContain('429 Too Many Requests')
  expect(await firstAnswer(rawHttp(gateway.url, post(body.length, by('192.0.2.2')) + body))).toContain(
    '200 OK',
  )
  slow.destroy()
  await expect
    .poll(async () => firstAnswer(rawHttp(gateway.url, post(body.length, by('192.0.2.1')) + body)))
    .toContain('200 OK')
})

test('counts every request that is pipelined on one connection', async () => {
  const { gateway } = await startTestStage({ connectionsPerAddress: 3 })
  const creations = Array.from({ length: 10 }, () => {
    const input = { policy: 'age-over-18', idempotencyKey: randomUUID() }
    const body = JSON.stringify({ query: operations.create, variables: { input } })
    return post(body.length) + body
  })
  const answer = await answerOf(rawHttp(gateway.url, creations.join('')))
  expect(answer).toContain('429 Too Many Requests')
  expect(answer.match(/200 OK/g)).toHaveLength(3)
})

test('limits the connections of all addresses together', async () => {
  const { gateway } = await startTestStage({ maxConnections: 3 })
  for (const last of [2, 3, 4]) await connectFrom(gateway.url, `127.0.0.${last}`, post(body.length))
  await expect
    .poll(async () => answerOf(await connectFrom(gateway.url, '127.0.0.5', post(body.length) + body)))
    .toBe('')
})

test('cuts off the slowest clients while there are too many unsent bytes in total', async () => {
  const slowReaders = new SlowReaders({ maxUnsentBytes: 50_000_000, maxUnsentBytesInAll: 30_000_000 })
  const responses = new Map<string, ServerResponse>()
  const server = createServer((request, response) => {
    slowReaders.responses.add(response)
    responses.set(request.url ?? '', response)
    response.write('x'.repeat(Number(request.url?.slice(1))))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    slowReaders.stop()
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const open = async (bytes: number) => {
    const sent = request({ port, host: '127.0.0.1', path: `/${bytes}` }).end()
    sent.on('error', () => {})
    const [response] = await once(sent, 'response')
    response.on('error', () => {})
  }
  const isCutOff = (bytes: number) => responses.get(`/${bytes}`)?.destroyed
  for (const bytes of [10_000_000, 12_000_000, 20_000_000]) await open(bytes)
  slowReaders.start()
  await expect.poll(() => isCutOff(20_000_000), { timeout: 5_000 }).toBe(true)
  // Another check, which cuts off only the new client, proves that the checks spare the others.
  await open(21_000_000)
  await expect.poll(() => isCutOff(21_000_000), { timeout: 5_000 }).toBe(true)
  expect([10_000_000, 12_000_000].map(isCutOff)).toEqual([false, false])
})
