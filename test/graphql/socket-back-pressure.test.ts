import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { ClientSocket } from '../../server/websocket/client-socket.ts'

test('a slow client slows down its own subscription: a message counts as sent once the system has taken it', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const [accepted] = (await once(server, 'connection')) as [WebSocket]
  const socket = new ClientSocket(accepted, {
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
