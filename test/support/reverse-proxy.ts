import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

export interface ReverseProxy extends AsyncDisposable {
  /** Origin that it listens on. */
  url: string
  /** Origins of the gateways behind it; each request goes to the one that `pick` chooses. */
  targets: string[]
}

interface ReverseProxyOptions {
  /** Path under which it serves the gateways; passed on unless `strips`. */
  path?: string
  strips?: boolean
  pick?: (targets: readonly string[]) => string | undefined
}

/** Passes requests and WebSockets on with the Host that the browser sent. */
export async function startReverseProxy(options: ReverseProxyOptions = {}): Promise<ReverseProxy> {
  const { path = '', strips = false, pick = (targets) => targets[0] } = options
  const proxy: Pick<ReverseProxy, 'targets'> = { targets: [] }
  const forward = ({ method, url = '', headers }: IncomingMessage) => {
    const target = pick(proxy.targets) ?? ''
    const forwarded = strips ? url.slice(path.length) || '/' : url
    return request({ ...urlParts(target), method, path: forwarded, headers, agent: false })
  }
  const isInside = ({ url }: IncomingMessage) => url === path || url?.startsWith(`${path}/`)

  const server = createServer((incoming, response) => {
    if (!isInside(incoming)) {
      response.writeHead(404).end('not the gateway')
      return
    }
    const outgoing = forward(incoming)
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    outgoing.on('error', () => response.writeHead(502).end())
    incoming.pipe(outgoing)
  })
  // The server closes only once they are closed, and does not close them itself.
  const upgraded = new Set<Duplex>()
  server.on('upgrade', (incoming, socket, head) => {
    upgraded.add(socket)
    socket.on('close', () => upgraded.delete(socket))
    const outgoing = forward(incoming)
    outgoing.on('upgrade', (answer, upstream, rest) => {
      const lines = [`HTTP/1.1 101 Switching Protocols`]
      for (let index = 0; index < answer.rawHeaders.length; index += 2)
        lines.push(`${answer.rawHeaders[index]}: ${answer.rawHeaders[index + 1]}`)
      socket.write(`${lines.join('\r\n')}\r\n\r\n`)
      socket.write(rest)
      upstream.write(head)
      socket.pipe(upstream).pipe(socket)
      for (const side of [socket, upstream]) side.on('error', () => {})
    })
    outgoing.on('response', () => socket.destroy())
    outgoing.on('error', () => socket.destroy())
    outgoing.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      for (const socket of upgraded) socket.destroy()
      await closed
    },
  })
}

const urlParts = (origin: string) => {
  const { hostname, port } = new URL(origin)
  return { hostname, port }
}
