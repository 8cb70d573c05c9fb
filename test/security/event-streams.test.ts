import { once } from 'node:events'
import { createServer, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { SlowReaders } from '../../server/http/slow-readers.ts'
import { overHttp, overSse, streamingTransports } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'
import { startTestStage } from '../support/test-stage.ts'
import { rawHttp } from './raw-clients.ts'

describe('an event stream', () => {
  test('is refused if its address has too many streams and sockets open', async () => {
    const { gateway } = await startTestStage({ streamsPerAddress: 2 })
    const { id, clientSecret } = await create(overHttp(gateway.url))
    const clients = Object.values(streamingTransports).map((connectBy) => connectBy(gateway.url))
    const streams = clients.map((client) => client.subscribe(operations.follow, { id, clientSecret }))
    for (const stream of streams) expect((await stream.next()).value.errors).toBeUndefined()
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: operations.follow, variables: { id, clientSecret } }),
    })
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('60')
    expect(await response.text()).toContain('"RATE_LIMITED"')
    await clients[0]?.dispose()
    await expect.poll(() => gateway.subscribers).toBe(1)
    const again = overSse(gateway.url)
    expect(
      (await again.subscribe(operations.follow, { id, clientSecret }).next()).value.errors,
    ).toBeUndefined()
    await Promise.all([again.dispose(), clients[1]?.dispose()])
  })

  test('leaves nothing behind if its client cannot receive it or has hung up', async () => {
    const { gateway } = await startTestStage()
    const { id, clientSecret } = await create(overHttp(gateway.url))
    const post = (accept: string) =>
      fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: JSON.stringify({ query: operations.follow, variables: { id, clientSecret } }),
      })
    for (const accept of ['application/json', 'text/html', 'multipart/mixed', 'nonsense'])
      expect((await post(accept)).status).toBe(406)
    await expect.poll(() => gateway.subscribers).toBe(0)
    const find = gateway.store.find.bind(gateway.store)
    const { promise: found, resolve: goOn } = Promise.withResolvers<void>()
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
    vi.spyOn(gateway.store, 'find').mockImplementation(async (id) => {
      ask()
      await found
      return find(id)
    })
    const body = JSON.stringify({ query: operations.follow, variables: { id, clientSecret } })
    const leaver = rawHttp(
      gateway.url,
      `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    await asked
    leaver.resetAndDestroy()
    await once(leaver, 'close')
    await fetch(`${gateway.url}/healthz`)
    goOn()
    await expect.poll(() => gateway.subscribers).toBe(0)
  })

  test('is cut off, not completed, when the gateway stops', async () => {
    const { gateway } = await startTestStage({ shutdownGraceMs: 10_000 })
    const { id, clientSecret } = await create(overHttp(gateway.url))
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: operations.follow, variables: { id, clientSecret } }),
    })
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    let text = ''
    while (!text.includes('PendingStatus')) text += new TextDecoder().decode((await reader.read()).value)
    const begin = performance.now()
    const stopped = gateway.stop()
    await expect(reader.read()).rejects.toThrow()
    await stopped
    expect(performance.now() - begin).toBeLessThan(5_000)
    expect(text).not.toContain('event: complete')
  })

  test('is cut off if its client does not read it, and stays open if it does', async () => {
    const slowReaders = new SlowReaders({ maxUnsentBytes: 100_000 })
    slowReaders.start()
    const chunk = 'x'.repeat(50_000)
    const pump = async (response: ServerResponse) => {
      for (let count = 0; count < 100; count++) if (!response.write(chunk)) await once(response, 'drain')
    }
    const closed: string[] = []
    const server = createServer((request, response) => {
      slowReaders.responses.add(response)
      response.once('close', () => closed.push(request.url ?? ''))
      if (request.url === '/sleeper') response.write('x'.repeat(20_000_000))
      else void pump(response)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      slowReaders.stop()
      server.closeAllConnections()
      server.close()
    })
    const { port } = server.address() as AddressInfo
    const open = async (path: string) => {
      const sent = request({ port, host: '127.0.0.1', path })
        .end()
        .on('error', () => {})
      const [response] = await once(sent, 'response')
      response.on('error', () => {})
      return response
    }
    let read = 0
    for (const path of ['/reader', '/sleeper']) {
      const response = await open(path)
      if (path === '/reader')
        response.on('data', (chunk: Buffer) => {
          read += chunk.length
        })
    }
    await expect.poll(() => read, { timeout: 10_000 }).toBe(5_000_000)
    await expect.poll(() => closed, { timeout: 5_000 }).toEqual(['/sleeper'])
  })
})
