import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

export interface HttpProxy extends AsyncDisposable {
  url: string
  /** What was asked of the proxy, in order: `CONNECT host:port`, or `GET http://host/path`. */
  requests: string[]
  /** Proxy-Authorization headers, one per request. */
  credentials: (string | undefined)[]
  /** How many connections were opened to the proxy. */
  connections(): number
  /** Answers every further request with this status. */
  refuse(status: number): void
}

/** A forward proxy that takes every host for `target`, such as `http://127.0.0.1:4711`. */
export async function startHttpProxy(target: string): Promise<HttpProxy> {
  const { port, hostname } = new URL(target)
  const requests: string[] = []
  const credentials: HttpProxy['credentials'] = []
  const sockets = new Set<Socket>()
  let connections = 0
  let refusal: number | null = null

  function note(incoming: IncomingMessage) {
    requests.push(`${incoming.method} ${incoming.url}`)
    credentials.push(incoming.headers['proxy-authorization'])
  }

  const server = createServer((incoming, response) => {
    note(incoming)
    if (refusal !== null) return void response.writeHead(refusal).end()
    const { pathname, search } = new URL(incoming.url ?? '')
    const { method, headers } = incoming
    const forwarded = request({ hostname, port, method, headers, path: pathname + search }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    forwarded.on('error', () => response.destroy())
    incoming.pipe(forwarded)
  })
  server.on('connect', (incoming: IncomingMessage, client: Socket, head: Buffer) => {
    note(incoming)
    if (refusal !== null) return void client.end(`HTTP/1.1 ${refusal} Refused\r\n\r\n`)
    const upstream = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(client)
      client.pipe(upstream)
    })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
  })
  server.on('connection', () => connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ requests, credentials },
    connections: () => connections,
    refuse(status) {
      refusal = status
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
