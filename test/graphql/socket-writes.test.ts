import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { type AddressInfo, Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { ClientSocket } from '../../server/websocket/client-socket.ts'
import { overHttp } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'
import { startStage } from '../support/stage.ts'

test('a slow client slows down its own subscription: a message counts as sent once the system has taken it', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const [accepted, request] = (await once(server, 'connection')) as [WebSocket, IncomingMessage]
  const socket = new ClientSocket(accepted, request.socket, {
    number: 0,
    requestId: 'r',
    address: 'a',
    authorization: undefined,
  })
  client.pause()
  const large = 'x'.repeat(1_000_000)
  let sent = 0
  const sending = (async () => {
    for (let count = 0; count < 40; count++) {
      await socket.send(large)
      sent++
    }
  })()
  await expect.poll(() => socket.bufferedAmount).toBeGreaterThan(0)
  // One message is being sent. The next one is not sent before the client has read it.
  expect(socket.bufferedAmount).toBeLessThan(1_100_000)
  expect(sent).toBeLessThan(40)
  client.resume()
  await sending
  expect(sent).toBe(40)
  socket.terminate()
  await once(accepted, 'close')
  // It also resolves once the socket is gone, because a client that leaves is not a failure of the gateway.
  await socket.send('late')
  server.close()
})

test('a last event and its completion are one write', async () => {
  await using stage = await startStage({ watcher: { minPollIntervalMs: 60_000, maxPollIntervalMs: 60_000 } })
  const http = overHttp(stage.gateway.url)
  const { id, clientSecret, code } = await create(http)
  const client = new WebSocket(`${stage.gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  const [[{ socket }]] = (await Promise.all([once(client, 'upgrade'), once(client, 'open')])) as [
    [IncomingMessage],
    [],
  ]
  const messages: string[] = []
  client.on('message', (data) => messages.push(JSON.parse(String(data)).type))
  client.send('{"type":"connection_init"}')
  await expect.poll(() => messages).toEqual(['connection_ack'])
  const payload = { query: operations.follow, variables: { id, clientSecret } }
  client.send(JSON.stringify({ id: '1', type: 'subscribe', payload }))
  await expect.poll(() => messages).toEqual(['connection_ack', 'next'])

  const spies = [vi.spyOn(Socket.prototype, '_write'), vi.spyOn(Socket.prototype, '_writev')]
  stage.sandbox.approve(code)
  await http.run(operations.check, { input: { id, clientSecret } })
  await expect.poll(() => messages).toEqual(['connection_ack', 'next', 'next', 'complete'])
  const writers = spies.flatMap(({ mock }) => mock.contexts as Socket[])
  expect(writers.filter(({ remotePort }) => remotePort === socket.localPort)).toHaveLength(1)
  client.terminate()
})
