import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { GraphQLError } from 'graphql'
import { CloseCode, handleProtocols, makeServer } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { currentRequest, type Logger } from '../monitoring/log.ts'
import type { Caller } from '../share-requests/caller.ts'
import { Refusal } from '../share-requests/errors.ts'
import type { AddressCap } from './address-cap.ts'
import type { Authenticate } from './authentication.ts'
import { type GraphQLServer, mostRequestBytes } from './graphql.ts'
import { keepAlive } from './keep-alive.ts'
import { type Prepared, prepare } from './prepare.ts'
import { requestIdOf } from './request-id.ts'
import type { Sessions } from './sessions.ts'
import { carryProtocol, type Opened } from './socket-protocol.ts'

interface WebSocketParts {
  graphql: GraphQLServer
  authenticate: Authenticate
  sessions: Sessions
  cap: AddressCap
  addressOf: (request: IncomingMessage) => string
  /** Whether a page of this origin may open a socket. */
  isOriginAllowed: (request: IncomingMessage) => boolean
  settings: {
    operationsPerSocket: number
    /** Milliseconds. */
    socketInitTimeout: number
    /** What may wait for a reader before the socket is cut off. */
    mostUnsentBytes: number
  }
  log: Logger
}

/** What is known of one socket beside the protocol's own state. */
type Extra = Opened & {
  caller?: Caller
  leave?: () => void
}

/** GraphQL over WebSocket, by the graphql-transport-ws protocol, on the path `/graphql` of `server`. */
export function serveWebSockets(server: Server, parts: WebSocketParts) {
  const { graphql, authenticate, sessions, cap, addressOf, isOriginAllowed, settings, log } = parts
  const { operationsPerSocket, socketInitTimeout, mostUnsentBytes } = settings
  // Not written into the call, because the types of ws do not know closeTimeout yet.
  const options = {
    noServer: true,
    perMessageDeflate: false,
    maxPayload: mostRequestBytes,
    handleProtocols,
    closeTimeout: patience,
  }
  const sockets = new WebSocketServer(options)

  const protocol = makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: socketInitTimeout,
    async onConnect(context) {
      const { extra, connectionParams } = context
      try {
        const caller = await authenticate(connectionParams?.authorization, addressOf(extra.request))
        extra.caller = caller
        if (caller.kind === 'PARTNER' && isOpen(extra.socket))
          extra.leave = sessions.add(caller.keyId, () => extra.socket.close(CloseCode.Forbidden, 'Forbidden'))
        return true
      } catch (error) {
        // Not let in: graphql-ws closes with 4403.
        if (error instanceof Refusal) return false
        log.error({ err: error }, 'authentication of a socket failed')
        throw new Error('Unexpected error')
      }
    },
    onClose: ({ extra }) => extra.leave?.(),
    async onSubscribe({ extra, subscriptions }, _id, params) {
      // A client may go on sending for a while after it was told to go.
      if (!isOpen(extra.socket) || extra.caller === undefined) return [closing]
      if (Object.keys(subscriptions).length > operationsPerSocket) return [tooManyOperations]
      return prepare(graphql, { caller: extra.caller }, params)
    },
    execute: (args) => (args as Prepared).execute(args),
    subscribe: (args) => (args as Prepared).subscribe(args),
  })
  carryProtocol(protocol, sockets, log)
  const stopPings = keepAlive(sockets)

  sockets.on('headers', (headers) => headers.push(`x-request-id: ${currentRequest.getStore()?.requestId}`))
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    if (request.url?.split('?', 1)[0] !== '/graphql') return refuse(stream, '404 Not Found')
    if (!isOriginAllowed(request)) return refuse(stream, '403 Forbidden')
    const address = addressOf(request)
    if (!cap.enter(address)) return refuse(stream, '429 Too Many Requests')
    stream.once('close', () => cap.leave(address))
    currentRequest.run({ requestId: requestIdOf(request) }, () =>
      sockets.handleUpgrade(request, stream, head, (socket) => {
        socket.on('message', cutOffSlow).on('ping', cutOffSlow)
        sockets.emit('connection', socket, request)
      }),
    )
  })

  /** Whoever sends must read as well: every message and ping has an answer, which waits for its reader. */
  function cutOffSlow(this: WebSocket): void {
    if (this.bufferedAmount > mostUnsentBytes) this.terminate()
  }

  return {
    get size() {
      return sockets.clients.size
    },
    /** Closes every socket with 1001, so that its client reconnects elsewhere. */
    async stop() {
      stopPings()
      for (const socket of sockets.clients) socket.close(1001, 'Going away')
      await new Promise((resolve) => sockets.close(resolve))
    },
  }
}

/** Milliseconds that a client has to answer a close, before it is cut off. */
const patience = 2_000

const isOpen = (socket: WebSocket) => socket.readyState === socket.OPEN
const closing = new GraphQLError('This socket is being closed.')
const tooManyOperations = new GraphQLError('Too many operations run on this socket. Complete some first.', {
  extensions: { code: 'RATE_LIMITED' },
})

function refuse(stream: Duplex, status: string): void {
  // Node takes its own listener off before an upgrade: without one, a client that hangs up would end the process.
  stream.on('error', () => {}).once('finish', () => stream.destroy())
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
