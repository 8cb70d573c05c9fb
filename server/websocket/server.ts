import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { GraphQLError } from 'graphql'
import { CloseCode, handleProtocols, makeServer } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { requestError } from '../graphql/errors.ts'
import type { Execution } from '../graphql/execution.ts'
import { formattedError, formattedResult } from '../graphql/formatted-result.ts'
import { isErrors, type Prepare } from '../graphql/prepare.ts'
import { maxRequestBytes } from '../graphql/request-limits.ts'
import type { Authenticate } from '../http/authentication.ts'
import type { AddressCap } from '../http/connection-limits.ts'
import type { Rejection } from '../http/request-check.ts'
import { requestIdOf } from '../http/request-id.ts'
import type { Sessions } from '../http/sessions.ts'
import { currentRequest, type Logger } from '../monitoring/log.ts'
import { RequestError } from '../share-requests/errors.ts'
import { StoreUnavailable } from '../share-requests/store.ts'
import { ClientSocket, type Opening } from './client-socket.ts'
import { keepAlive } from './keep-alive.ts'
import { argsOf, takeOperation } from './socket-args.ts'
import { socketAuthorization } from './socket-authorization.ts'
import { createSocketProtocol } from './socket-protocol.ts'
import { SocketResults, takeResult } from './socket-results.ts'

interface WebSocketDeps {
  prepare: Prepare
  execution: Execution
  authenticate: Authenticate
  sessions: Sessions
  /** Of sockets and event streams. */
  cap: AddressCap
  /** Called with the errors of operations that are not run, some of which it may have been called with before. */
  onErrors: (errors: readonly GraphQLError[]) => void
  /** Of operations in progress. */
  operations: AddressCap
  addressOf: (request: IncomingMessage) => string
  checkRequest: (request: IncomingMessage) => Rejection | null
  /** Whether a page of this origin may open a socket. */
  isOriginAllowed: (request: IncomingMessage) => boolean
  settings: {
    operationsPerSocket: number
    /** Milliseconds. */
    socketInitTimeoutMs: number
    /** What may wait for a reader before the socket is cut off. */
    maxUnsentBytes: number
  }
  log: Logger
}

/** Close code "Try Again Later", from the IANA registry. */
const tryAgainLater = 1013

/** GraphQL over WebSocket, by the graphql-transport-ws protocol, on the path `/graphql` of `server`. */
export function serveWebSockets(server: Server, deps: WebSocketDeps) {
  const {
    prepare,
    execution,
    authenticate,
    sessions,
    cap,
    onErrors,
    operations,
    addressOf,
    checkRequest,
    isOriginAllowed,
    settings,
    log,
  } = deps
  const { operationsPerSocket, socketInitTimeoutMs, maxUnsentBytes } = settings
  // Not written into the call, because the types of ws do not know closeTimeout yet.
  const options = {
    noServer: true,
    perMessageDeflate: false,
    maxPayload: maxRequestBytes,
    maxFragments,
    maxBufferedChunks,
    handleProtocols,
    closeTimeout: closeTimeoutMs,
  }
  const webSocketServer = new WebSocketServer(options)
  const clients = new Set<ClientSocket>()
  let opened = 0

  const protocol = makeServer<Record<string, unknown>, ClientSocket>({
    connectionInitWaitTimeout: socketInitTimeoutMs,
    async onConnect({ extra: socket }) {
      const { connectionParams, authorization: header } = socket
      socket.connectionParams = undefined
      socket.authorization = undefined
      try {
        const authorization = socketAuthorization(connectionParams, header)
        const caller = await authenticate(authorization, socket.address)
        socket.caller = caller
        if (caller.kind === 'PARTNER' && socket.isOpen)
          socket.leave = sessions.add(caller.keyId, () => socket.close(CloseCode.Unauthorized, keyEnded))
        return true
      } catch (error) {
        if (error instanceof RequestError) {
          // Clients of graphql-ws do not retry after 4401. Its own 4403, which follows `false`, comes too late.
          socket.close(CloseCode.Unauthorized, closeReason(error.message))
          return false
        }
        log.error({ err: error }, 'authentication of a socket failed')
        if (error instanceof StoreUnavailable) {
          // Clients of graphql-ws try again after this code, and give up after 4500.
          socket.close(tryAgainLater, "The gateway's database is unavailable. Try again later.")
          return false
        }
        throw new Error('Unexpected error')
      }
    },
    onClose: ({ extra: socket }) => socket.leave?.(),
    async onSubscribe({ extra: socket }, id) {
      const operation = socket.operations.find((operation) => operation.id === id)
      // A client may send for a while after the gateway has started to close its socket.
      if (!socket.isOpen || socket.caller === null || operation === undefined) return [closing]
      const { error, params, bytes } = operation
      operation.params = null
      if (error !== null || params === null) return [error ?? closing]
      const prepared = await prepare({ caller: socket.caller }, params, bytes)
      return isErrors(prepared) ? prepared : argsOf(prepared)
    },
    onNext(_context, _id, _params, _args, result) {
      return formattedResult(takeResult(result))
    },
    onError(_context, _id, _params, errors) {
      onErrors(errors)
      return errors.map(formattedError)
    },
    execute: (args) => execution.execute(takeOperation(args)),
    async subscribe(args) {
      const results = await execution.subscribe(takeOperation(args))
      return Symbol.asyncIterator in results ? new SocketResults(results) : results
    },
  })
  const { open, message } = createSocketProtocol(protocol, { cap: operations, operationsPerSocket, log })
  const stopPings = keepAlive(clients)

  webSocketServer.on('headers', (headers, request) => headers.push(`x-request-id: ${requestIdOf(request)}`))
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const rejection = checkRequest(request)
    if (rejection !== null) return rejectUpgrade(stream, rejection.status, rejection.message)
    if (request.url?.split('?', 1)[0] !== '/graphql')
      return rejectUpgrade(stream, 404, 'WebSockets are at /graphql.')
    if (!isOriginAllowed(request)) return rejectUpgrade(stream, 403, originNotAllowed)
    const address = addressOf(request)
    if (!cap.enter(address)) return rejectUpgrade(stream, 429, tooManySockets)
    const leave = () => cap.leave(address)
    stream.once('close', leave)
    webSocketServer.handleUpgrade(request, stream, head, (webSocket) => {
      stream.off('close', leave)
      accept(webSocket, stream, {
        number: opened++,
        address,
        // Flattened: randomUUID returns a rope of fourteen strings, which the socket would keep.
        requestId: Buffer.from(requestIdOf(request)).toString('latin1'),
        authorization: request.headers.authorization,
      })
    })
  })

  function accept(webSocket: WebSocket, stream: Duplex, opening: Opening): void {
    const socket = new ClientSocket(webSocket, stream, opening)
    clients.add(socket)
    stream.on('data', (chunk: Buffer) => socket.fragments.read(chunk))
    const closed = open(socket)
    webSocket
      .on('message', (data: Buffer) => {
        socket.isStuck = false
        cutOffSlow(socket)
        // Node does not know the async context of a socket's events.
        const { requestId, caller } = socket
        const request = caller?.kind === 'PARTNER' ? { requestId, keyId: caller.keyId } : { requestId }
        currentRequest.run(request, message, socket, data)
      })
      .on('ping', () => cutOffSlow(socket))
      .on('pong', () => {
        socket.isSilent = false
      })
      .on('error', (error) => log.debug({ err: error }, 'a socket broke the protocol'))
      .on('close', (code, reason) => {
        clients.delete(socket)
        cap.leave(socket.address)
        closed(code, String(reason))
      })
  }

  /** A client that sends must also read: every message and ping has an answer, which waits for it. */
  function cutOffSlow(socket: ClientSocket): void {
    if (socket.bufferedAmount > maxUnsentBytes) socket.terminate()
  }

  return {
    clients: clients as ReadonlySet<ClientSocket>,
    /** Closes every socket with 1001, so that its client reconnects elsewhere. */
    async stop() {
      stopPings()
      for (const socket of clients) socket.close(1001, 'Going away')
      await new Promise((resolve) => webSocketServer.close(resolve))
    },
  }
}

/** Of one message, and chunks of the network of one frame: each costs a few hundred bytes, however small it is. */
const maxFragments = 100
const maxBufferedChunks = 1_000

/** Milliseconds that a client has to answer a close, before it is cut off. */
const closeTimeoutMs = 2_000

const keyEnded = 'The partner key was revoked or has expired.'

/** The protocol allows 123 bytes. */
const closeReason = (message: string) => (message.length <= 123 ? message : `${message.slice(0, 120)}...`)

const closing = requestError('SOCKET_CLOSED', 'This socket is being closed. Open another.')

const originNotAllowed =
  'A page of this origin may not use the gateway. Add the origin to ALLOWED_ORIGINS, or set PUBLIC_URL to the URL under which browsers reach the gateway.'
const tooManySockets = 'Too many sockets and event streams are open from this address. Close some first.'

function rejectUpgrade(stream: Duplex, status: number, message: string): void {
  // Node takes its own listener off before an upgrade: without one, a client that hangs up would end the process.
  stream.on('error', () => {}).once('finish', () => stream.destroy())
  stream.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Connection: close',
      'Content-Type: text/plain; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(message)}`,
      `\r\n${message}`,
    ].join('\r\n'),
  )
}
