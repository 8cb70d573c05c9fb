import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** First byte of the server's message that carries a notification; the length that follows counts itself. */
const notification = 'A'.charCodeAt(0)

/** Forwards everything to PostgreSQL and back. While it `isMute`, it drops notifications, as poolers by transaction do. */
export async function startMutePostgres(url: string, { isMute = true } = {}) {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    let pending = Buffer.alloc(0)
    upstream.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk])
      while (pending.length >= 5 && pending.length > pending.readUInt32BE(1)) {
        const end = 1 + pending.readUInt32BE(1)
        if (pending[0] !== notification || !proxy.isMute) client.write(pending.subarray(0, end))
        pending = pending.subarray(end)
      }
    })
    client.pipe(upstream)
    upstream.once('end', () => client.end())
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const mute = new URL(url)
  mute.port = String((server.address() as AddressInfo).port)
  const proxy = {
    url: mute.href,
    isMute,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}
