import type { GraphQLError } from 'graphql'
import { CloseCode, type Server } from 'graphql-ws'
import { requestError } from '../graphql/errors.ts'
import { formattedError } from '../graphql/formatted-result.ts'
import { maxSubscriptionBytes } from '../graphql/request-limits.ts'
import type { AddressCap } from '../http/connection-limits.ts'
import type { Logger } from '../monitoring/log.ts'
import type { ClientSocket, SocketHandlers, SocketOperation } from './client-socket.ts'
import { readMessage, type SocketMessage, type SubscribeMessage } from './socket-message.ts'

/** Bytes of a message before the socket is acknowledged, such as `connection_init` with a partner key. */
const maxInitBytes = 1_024

const maxIdLength = 64

interface ProtocolOptions {
  /** Of operations in progress. */
  cap: AddressCap
  operationsPerSocket: number
  log: Logger
}

/**
 * Carries graphql-ws's protocol over the sockets of `ws`. Not graphql-ws's own adapter: that one writes to the console
 * what clients do wrong, a hang-up in the middle of an answer included, and has a timer and closures for each socket.
 */
export function createSocketHandlers(
  protocol: Server<ClientSocket>,
  { cap, operationsPerSocket, log }: ProtocolOptions,
) {
  const fail = (socket: ClientSocket, error: unknown): void => {
    if (isClientError(error)) {
      socket.close(CloseCode.BadRequest, 'Invalid message received')
      return
    }
    log.error({ err: error }, 'a message on a socket failed')
    socket.close(CloseCode.InternalServerError, 'Unexpected error')
  }

  function take(socket: ClientSocket, message: SocketMessage | string): Promise<void> {
    // graphql-ws takes messages parsed as well, though its types know only their text.
    return socket.handleMessage?.(message as string) ?? Promise.resolve()
  }

  function read(socket: ClientSocket, text: string, bytes: number): void {
    const message = readMessage(text)
    const id = typeof message === 'object' && 'id' in message ? message.id : null
    const operation = socket.operations.find((operation) => operation.id === id)
    if (typeof message === 'object' && message.type === 'subscribe') {
      if (operation === undefined) void run(socket, message, bytes)
      else if (operation.isCompleted && operation.next === null) queue(socket, operation, text, bytes)
      else socket.close(CloseCode.SubscriberAlreadyExists, 'Subscriber for this id already exists')
      return
    }
    if (typeof message === 'object' && message.type === 'complete' && operation !== undefined) {
      operation.isCompleted = true
      // The one that waits never began, so that there is nothing to end.
      if (operation.next !== null) {
        operation.next = null
        return
      }
    }
    take(socket, message).catch((error) => fail(socket, error))
  }

  /**
   * Completed by the client while it begins, an operation's id is free for graphql-ws, but its stream is still to come:
   * a next one under the same id would bring it to life, out of reach of any message and of the socket's end. So the
   * next one waits until nothing is left of the first.
   */
  function queue(socket: ClientSocket, operation: SocketOperation, text: string, bytes: number): void {
    if (bytes <= maxSubscriptionBytes) operation.next = { text, bytes }
    else socket.send(JSON.stringify({ id: operation.id, type: 'error', payload: [formattedError(idIsBusy)] }))
  }

  async function run(socket: ClientSocket, message: SubscribeMessage, bytes: number): Promise<void> {
    const { id } = message
    const isCounted = cap.enter(socket.address)
    const operation: SocketOperation = {
      id,
      bytes,
      error: errorOf(socket, id, isCounted),
      isCompleted: false,
      next: null,
    }
    // Of just that length: a list that is added to makes room for sixteen more.
    socket.operations = [...socket.operations, operation]
    try {
      await take(socket, message)
    } catch (error) {
      fail(socket, error)
    }
    socket.operations = socket.operations.filter((other) => other !== operation)
    if (isCounted) cap.leave(socket.address)
    const { next } = operation
    if (next !== null && socket.isOpen) read(socket, next.text, next.bytes)
  }

  function errorOf(socket: ClientSocket, id: string, isCounted: boolean): GraphQLError | null {
    if (id.length > maxIdLength) return idTooLong
    return socket.operations.length >= operationsPerSocket || !isCounted ? tooManyOperations : null
  }

  return {
    begin(socket) {
      socket.handleClose = protocol.opened(socket, socket)
    },
    message(socket, data) {
      if (socket.caller === null && data.length > maxInitBytes)
        socket.close(messageTooBig, `Send at most ${maxInitBytes} bytes before connection_ack`)
      else read(socket, String(data), data.length)
    },
    error: (_, error) => log.debug({ err: error }, 'a socket broke the protocol'),
    close(socket, code, reason) {
      const ended = socket.handleClose?.(code, reason)
      ended?.catch((error) => fail(socket, error))
    },
  } satisfies Partial<SocketHandlers> & { begin(socket: ClientSocket): void }
}

/** A close code of WebSocket itself. */
const messageTooBig = 1009

const idTooLong = requestError(
  'BAD_REQUEST',
  `The id of an operation must have at most ${maxIdLength} characters.`,
)
const idIsBusy = requestError(
  'RATE_LIMITED',
  'The operation before with this id has not ended yet. Use another id, or retry.',
)
const tooManyOperations = requestError(
  'RATE_LIMITED',
  'Too many concurrent operations on this socket, or from this address. Complete some first.',
)

/** What graphql-ws throws like a fault of its own: a message that is the server's to send. */
const isClientError = (error: unknown) =>
  error instanceof RangeError ||
  (error instanceof Error && error.message.startsWith('Unexpected message of type'))
