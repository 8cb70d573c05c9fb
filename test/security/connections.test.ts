import { on, once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import WebSocket from 'ws'
import { maxRequestBytes } from '../../server/graphql/request-limits.ts'
import { overHttp, overWebSocket } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'
import { startTestStage } from '../support/test-stage.ts'
import { frame, rawHttp, upgrade } from './raw-clients.ts'

/** A WebSocket for graphql-transport-ws, without a client that keeps to the protocol. */
function rawSocket(url: string): WebSocket {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  onTestFinished(() => socket.terminate())
  return socket
}

async function acknowledged(url: string): Promise<WebSocket> {
  const socket = rawSocket(url)
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'connection_init' }))
  await once(socket, 'message')
  return socket
}

/** Resolves once a single chunk contains `text`. */
async function received(socket: Socket, text: string): Promise<void> {
  for await (const [data] of on(socket, 'data')) if (String(data).includes(text)) return
}

const closeCode = async (socket: WebSocket): Promise<number> => (await once(socket, 'close'))[0]

const socketsOf = async (url: string): Promise<number> => {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^portmone_sockets (\d+)$/m.exec(metrics)?.[1])
}

describe('a socket', () => {
  test('is closed if it sends no connection_init in time', async () => {
    const { gateway } = await startTestStage({ socketInitTimeoutMs: 50 })
    expect(await closeCode(rawSocket(gateway.url))).toBe(4408)
  })

  test('is closed if it sends a message over the limit, but not at the limit', async () => {
    const { gateway } = await startTestStage()
    const message = (bytes: number) => {
      const bare = JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '#' } })
      return bare.replace('#', '#'.repeat(bytes - bare.length + 1))
    }
    const within = await acknowledged(gateway.url)
    within.send(message(maxRequestBytes))
    expect(String((await once(within, 'message'))[0])).toContain('Syntax Error')
    const beyond = await acknowledged(gateway.url)
    beyond.send(message(maxRequestBytes + 1))
    expect(await closeCode(beyond)).toBe(1009)
  })

  test('runs subscriptions up to its limit and answers one more with an error', async () => {
    const { gateway } = await startTestStage({ operationsPerSocket: 2 })
    const client = overWebSocket(gateway.url)
    const { id, clientSecret } = await create(client)
    const follow = () => client.subscribe(operations.follow, { id, clientSecret })
    const running = [follow(), follow()]
    for (const stream of running) expect((await stream.next()).value.errors).toBeUndefined()
    await expect(follow().next()).rejects.toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }])
    // The others continue, and one that ends makes room.
    await running[0]?.return?.()
    await expect.poll(() => gateway.subscribers).toBe(1)
    expect((await follow().next()).value.errors).toBeUndefined()
    await client.dispose()
  })

  test.each([
    ['the same id each time', () => '1'],
    ['a different id each time', (number: number) => String(number)],
  ])('that completes operations before they have started, with %s, keeps none of them', async (_, idOf) => {
    const { gateway } = await startTestStage({ operationsPerSocket: 1_000 })
    const { id, clientSecret } = await create(overHttp(gateway.url))
    const payload = { query: operations.follow, variables: { id, clientSecret } }
    const rude = rawHttp(gateway.url, upgrade)
    await once(rude, 'data')
    rude.write(frame({ type: 'connection_init' }))
    await once(rude, 'data')
    const messages = Array.from({ length: 200 }, (_, number) => [
      frame({ id: idOf(number), type: 'subscribe', payload }),
      frame({ id: idOf(number), type: 'complete' }),
    ])
    // One write, so that no operation has started when the last message is read. The last one is not completed.
    rude.write(Buffer.concat([...messages.flat(), frame({ id: idOf(200), type: 'subscribe', payload })]))
    await received(rude, '"type":"next"')
    // Sent after the first event of the remaining one, this starts after all of them.
    rude.write(frame({ id: 'last', type: 'subscribe', payload: { query: '{ __typename }' } }))
    await received(rude, '"__typename":"Query"')
    expect(gateway.subscribers).toBe(1)
    rude.destroy()
    await expect.poll(() => socketsOf(gateway.url)).toBe(0)
    await expect.poll(() => gateway.subscribers).toBe(0)
  })

  test('is closed if it reuses the id of an operation in progress', async () => {
    const { gateway } = await startTestStage()
    const { id, clientSecret } = await create(overHttp(gateway.url))
    const socket = await acknowledged(gateway.url)
    const closed = closeCode(socket)
    const subscribe = {
      id: '1',
      type: 'subscribe',
      payload: { query: operations.follow, variables: { id, clientSecret } },
    }
    for (const message of [subscribe, subscribe]) socket.send(JSON.stringify(message))
    expect(await closed).toBe(4409)
    await expect.poll(() => gateway.subscribers).toBe(0)
  })

  test('may reuse the id of a completed operation', async () => {
    const { gateway } = await startTestStage()
    const { id, clientSecret } = await create(overHttp(gateway.url))
    const socket = await acknowledged(gateway.url)
    const payload = { query: operations.follow, variables: { id, clientSecret } }
    for (let round = 0; round < 3; round++) {
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }))
      expect(JSON.parse(String((await once(socket, 'message'))[0]))).toMatchObject({ type: 'next', id: '1' })
      socket.send(JSON.stringify({ id: '1', type: 'complete' }))
      await expect.poll(() => gateway.subscribers).toBe(0)
    }
    expect(socket.readyState).toBe(WebSocket.OPEN)
  })

  test('is refused if its address has too many open, until one of them closes', async () => {
    const { gateway } = await startTestStage({ streamsPerAddress: 2 })
    const first = await acknowledged(gateway.url)
    await acknowledged(gateway.url)
    const [error] = await once(rawSocket(gateway.url), 'error')
    expect(error.message).toBe('Unexpected server response: 429')
    first.close()
    await expect.poll(() => socketsOf(gateway.url)).toBe(1)
    await acknowledged(gateway.url)
  })

  test('does not count towards the limit of its address if it was refused', async () => {
    const { gateway } = await startTestStage({ streamsPerAddress: 1 })
    for (let count = 0; count < 3; count++) {
      const bad = rawHttp(
        gateway.url,
        'GET /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
      )
      expect(String((await once(bad, 'data'))[0])).toContain('400 Bad Request')
      await once(bad, 'close')
    }
    await acknowledged(gateway.url)
  })

  test('is cut off if its client does not read the answers, and stays open if it does', async () => {
    const { gateway } = await startTestStage({ maxUnsentBytes: 100_000, operationsPerSocket: 5_000 })
    const aliases = Array.from(
      { length: 20 },
      (_, index) => `a${index}: policies { name purpose facts checks }`,
    )
    const ask = (socket: WebSocket, id: number) =>
      socket.send(
        JSON.stringify({ id: `${id}`, type: 'subscribe', payload: { query: `{ ${aliases.join(' ')} }` } }),
      )
    const reader = await acknowledged(gateway.url)
    for (let id = 0; id < 300; id++) {
      ask(reader, id)
      for await (const [message] of on(reader, 'message')) if (String(message).includes('"complete"')) break
    }

    const sleeper = await acknowledged(gateway.url)
    sleeper.on('error', () => {})
    sleeper.pause()
    for (let id = 0; id < 3_000; id++) ask(sleeper, id)
    await expect.poll(() => socketsOf(gateway.url), { timeout: 15_000 }).toBe(1)
    expect(reader.readyState).toBe(WebSocket.OPEN)
  })

  test('ignores every message once the gateway has sent a close frame', async () => {
    const { gateway, partnerKey } = await startTestStage()
    const key = await partnerKey()
    const partner = overHttp(gateway.url, key)
    const { id } = await create(partner)
    // Never answers a close frame.
    const rude = rawHttp(gateway.url, upgrade)
    await once(rude, 'data')
    rude.write(frame({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } }))
    await once(rude, 'data')
    const closing = once(rude, 'data')
    await gateway.store.revokePartnerKey(key.split('_')[1] ?? '', gateway.store.now())
    expect((await closing)[0][0]).toBe(0x88)
    rude.write(
      frame({
        id: '1',
        type: 'subscribe',
        payload: { query: operations.cancel, variables: { input: { id } } },
      }),
    )
    const other = overHttp(gateway.url, await partnerKey())
    // A later request has been answered, and the message after the close had no effect.
    for (let count = 0; count < 5; count++)
      expect((await other.run(operations.read, { id })).data.shareRequest.status.__typename).toBe(
        'PendingStatus',
      )
    // The gateway does not wait for the close frame either.
    if (!rude.closed) await once(rude, 'close')
  })
})

test('survives a client that hangs up during a refused upgrade', async () => {
  const { gateway } = await startTestStage()
  const port = Number(new URL(gateway.url).port)
  for (let count = 0; count < 50; count++) {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(upgrade.replace('/graphql', '/elsewhere'))
    socket.write(upgrade)
    setImmediate(() => socket.resetAndDestroy())
    await once(socket, 'close')
  }
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)
})

test('cuts off a client that keeps its side open after a refused upgrade', async () => {
  const { gateway } = await startTestStage()
  const socket = connect({ port: Number(new URL(gateway.url).port), host: '127.0.0.1', allowHalfOpen: true })
  onTestFinished(() => void socket.destroy())
  socket.write(upgrade.replace('/graphql', '/elsewhere'))
  socket.resume()
  await once(socket, 'end')
  const cut = once(socket, 'close').catch(() => {})
  const writing = setInterval(() => socket.write('x'), 10)
  onTestFinished(() => clearInterval(writing))
  socket.on('error', () => {})
  await cut
  expect(socket.errored?.message).toMatch(/ECONNRESET|EPIPE/)
})

test('refuses a body over the limit, with or without a declared length', async () => {
  const { gateway } = await startTestStage()
  const body = (bytes: number) => {
    const bare = JSON.stringify({ query: '{__typename}#' })
    return bare.replace('#', '#'.repeat(bytes - bare.length + 1))
  }
  const post = (bytes: number, chunked: boolean) => {
    const content = body(bytes)
    const stream = new ReadableStream({
      start(controller) {
        for (let at = 0; at < content.length; at += 10_000)
          controller.enqueue(new TextEncoder().encode(content.slice(at, at + 10_000)))
        controller.close()
      },
    })
    return fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: chunked ? stream : content,
      ...(chunked ? { duplex: 'half' } : {}),
    })
  }
  for (const chunked of [false, true]) {
    expect((await post(maxRequestBytes, chunked)).status).toBe(200)
    expect((await post(maxRequestBytes + 1, chunked)).status).toBe(413)
  }
})
