import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage } from 'node:http'
import { CloseCode, type Server } from 'graphql-ws'
import type { WebSocket, WebSocketServer } from 'ws'
import type { Logger } from '../monitoring/log.ts'

/** What the protocol is told of a new socket. */
export interface Opened {
  socket: WebSocket
  request: IncomingMessage
}

/**
 * Carries graphql-ws's protocol over the sockets of `ws`. Not graphql-ws's own adapter: that one writes to the console
 * what clients do wrong, a hang-up in the middle of an answer included.
 */
export function carryProtocol(protocol: Server<Opened>, sockets: WebSocketServer, log: Logger): void {
  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    // Of the socket's own events Node does not know whose they are.
    const inContext = AsyncLocalStorage.snapshot()
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => send(socket, data),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) => socket.on('message', (data) => void inContext(take, String(data)).catch(fail)),
      },
      { socket, request },
    )
    const fail = (error: unknown) => {
      if (isClientsFault(error)) return socket.close(CloseCode.BadRequest, 'Invalid message received')
      log.error({ err: error }, 'a message on a socket failed')
      socket.close(CloseCode.InternalServerError, 'Unexpected error')
    }
    // The client's fault: ws has closed the socket with the code that says which.
    socket.on('error', (error) => log.debug({ err: error }, 'a socket broke the protocol'))
    socket.once('close', (code, reason) => void closed(code, String(reason)).catch(fail))
  })
}

/** What graphql-ws throws like a fault of its own: a message that is the server's to send, a ping too deep to repeat. */
const isClientsFault = (error: unknown) =>
  error instanceof RangeError ||
  (error instanceof Error && error.message.startsWith('Unexpected message of type'))

/** Resolves when `data` has left; also when its reader is gone, of which the protocol learns by the close. */
const send = (socket: WebSocket, data: string) =>
  new Promise<void>((resolve) => {
    if (socket.readyState !== socket.OPEN) resolve()
    else socket.send(data, () => resolve())
  })
