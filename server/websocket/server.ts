import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FormattedExecutionResult, GraphQLError } from 'graphql'
import { CloseCode, handleProtocols, makeServer } from 'graphql-ws'
import { WebSocketServer } from 'ws'
import { requestError } from '../graphql/errors.ts'
import type { Execution } from '../graphql/execution.ts'
import { formattedError } from '../graphql/formatted-result.ts'
import { isErrors, type Prepare } from '../graphql/prepare.ts'
import { maxRequestBytes } from '../graphql/request-limits.ts'
import type { Authenticate } from '../http/authentication.ts'
import type { AddressCap } from '../http/connection-limits.ts'
import type { Rejection } from '../http/request-check.ts'
import { requestIdOf } from '../http/request-id.ts'
import type { Sessions } from '../http/sessions.ts'
import { currentRequest, type Logger } from '../monitoring/log.ts'
import { RequestError } from '../share-requests/errors.ts'
import { ClientSocket, type SocketHandlers } from './client-socket.ts'
import { keepAlive } from './keep-alive.ts'
import { argsOf, takeOperation } from './socket-args.ts'
import { socketAuthorization } from './socket-authorization.ts'
import { createSocketHandlers } from './socket-protocol.ts'

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
    WebSocket: ClientSocket,
  }
  const sockets = new WebSocketServer(options)

  const protocol = makeServer<Record<string, unknown>, ClientSocket>({
    connectionInitWaitTimeout: socketInitTimeoutMs,
    async onConnect(context) {
      const { extra: socket, connectionParams } = context
      // graphql-ws would keep it for as long as the socket is open.
      Reflect.deleteProperty(context, 'connectionParams')
      try {
        const authorization = socketAuthorization(connectionParams, socket.authorization)
        socket.authorization = undefined
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
        throw new Error('Unexpected error')
      }
    },
    onClose: ({ extra: socket }) => socket.leave?.(),
    async onSubscribe({ extra: socket }, id, params) {
      const operation = socket.operations.find((operation) => operation.id === id)
      // A client may go on sending for a while after it was told to go.
      if (!socket.isOpen || socket.caller === null || operation === undefined) return [closing]
      if (operation.error !== null) return [operation.error]
      const prepared = await prepare({ caller: socket.caller }, params, operation.bytes)
      // For as long as the operation runs, graphql-ws keeps these.
      Object.assign(params, { query: '', operationName: null, variables: null, extensions: null })
      return isErrors(prepared) ? prepared : argsOf(prepared)
    },
    onNext(_context, _id, _params, _args, result) {
      const errors = result.errors?.map(formattedError)
      const shown = errors && ({ ...result, errors } as FormattedExecutionResult)
      // graphql-ws has taken what it sends, and keeps the result.
      delete result.data
      return shown
    },
    onError(_context, _id, _params, errors) {
      onErrors(errors)
      return errors.map(formattedError)
    },
    execute: (args) => execution.execute(takeOperation(args)),
    subscribe: (args) => execution.subscribe(takeOperation(args)),
  })
  const carried = createSocketHandlers(protocol, { cap: operations, operationsPerSocket, log })
  const handlers: SocketHandlers = {
    ...carried,
    message(socket, data) {
      cutOffSlow(socket)
      // Of the socket's own events Node does not know whose they are.
      const { requestId, caller } = socket
      const request = caller?.kind === 'PARTNER' ? { requestId, keyId: caller.keyId } : { requestId }
      currentRequest.run(request, carried.message, socket, data)
    },
    ping: cutOffSlow,
    pong(socket) {
      socket.isSilent = false
    },
    close(socket, code, reason) {
      cap.leave(socket.address)
      carried.close(socket, code, reason)
    },
  }
  const stopPings = keepAlive(sockets.clients)

  sockets.on('headers', (headers, request) => headers.push(`x-request-id: ${requestIdOf(request)}`))
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
    sockets.handleUpgrade(request, stream, head, (socket) => {
      // From now on it is the socket that tells, which needs no listener of its own for that.
      stream.off('close', leave)
      socket.authorization = request.headers.authorization
      socket.opened(stream, requestIdOf(request), address, handlers)
      carried.begin(socket)
    })
  })

  /** Whoever sends must read as well: every message and ping has an answer, which waits for its reader. */
  function cutOffSlow(socket: ClientSocket): void {
    if (socket.bufferedAmount > maxUnsentBytes) socket.terminate()
  }

  return {
    clients: sockets.clients as ReadonlySet<ClientSocket>,
    /** Closes every socket with 1001, so that its client reconnects elsewhere. */
    async stop() {
      stopPings()
      for (const socket of sockets.clients) socket.close(1001, 'Going away')
      await new Promise((resolve) => sockets.close(resolve))
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
