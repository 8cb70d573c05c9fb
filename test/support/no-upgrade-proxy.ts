import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface NoUpgradeProxy extends AsyncDisposable {
  url: string
  /** How many upgrades it refused. */
  refused: number
}

/** A reverse proxy for `target` that refuses every upgrade, like a proxy without WebSocket support. */
export async function startNoUpgradeProxy(target: string): Promise<NoUpgradeProxy> {
  const { hostname, port } = new URL(target)
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming
    const forwarded = request({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    forwarded.on('error', () => outgoing.destroy())
    incoming.pipe(forwarded)
  })
  server.on('upgrade', (_, socket) => {
    proxy.refused++
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: NoUpgradeProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused: 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return proxy
}
