import type { GraphQLError } from 'graphql'
import { CloseCode, type Server } from 'graphql-ws'
import { requestError } from '../graphql/errors.ts'
import { formattedError } from '../graphql/formatted-result.ts'
import { maxSubscriptionBytes, nestingError } from '../graphql/request-limits.ts'
import type { AddressCap } from '../http/connection-limits.ts'
import type { Logger } from '../monitoring/log.ts'
import type { ClientSocket, SocketOperation } from './client-socket.ts'
import { readMessage, type SubscribeMessage } from './socket-message.ts'

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
 * Connects graphql-ws's protocol to the sockets of `ws`. graphql-ws's own adapter writes clients' errors to the console,
 * among them a hang-up in the middle of an answer, has a timer for each socket, and limits neither operations nor sizes.
 */
export function createSocketProtocol(
  protocol: Server<ClientSocket>,
  { cap, operationsPerSocket, log }: ProtocolOptions,
) {
  const fail = (socket: ClientSocket, error: unknown): void => {
    log.error({ err: error }, 'a message on a socket failed')
    socket.close(CloseCode.InternalServerError, 'Unexpected error')
  }

  const take = async (socket: ClientSocket, message: object): Promise<void> =>
    socket.handleMessage?.(JSON.stringify(message))

  function read(socket: ClientSocket, text: string, bytes: number): void {
    const message = readMessage(text)
    if (message === null) {
      socket.close(CloseCode.BadRequest, 'Invalid message received')
      return
    }
    const operation = 'id' in message ? socket.operations.find(({ id }) => id === message.id) : undefined
    if (message.type === 'subscribe') {
      if (operation === undefined) void run(socket, begin(socket, message, bytes))
      else if (operation.isCompleted && operation.next === null) queue(socket, operation, text, bytes)
      else socket.close(CloseCode.SubscriberAlreadyExists, 'Subscriber for this id already exists')
      return
    }
    if (message.type === 'complete' && operation !== undefined) {
      operation.isCompleted = true
      // The waiting one has not started, so there is nothing to end.
      if (operation.next !== null) {
        operation.next = null
        return
      }
    }
    if (message.type === 'connection_init') socket.connectionParams = message.payload
    const forwarded = message.type === 'connection_init' ? { type: message.type } : message
    take(socket, forwarded).catch((error) => fail(socket, error))
  }

  /**
   * When a client completes an operation whose stream does not exist yet, graphql-ws frees the id at once. Another
   * operation with that id would then revive the first one's stream, which neither a message nor the end of the socket
   * could stop. So it waits until nothing is left of the first.
   */
  function queue(socket: ClientSocket, operation: SocketOperation, text: string, bytes: number): void {
    if (bytes <= maxSubscriptionBytes) operation.next = { text, bytes }
    else
      void socket.send(
        JSON.stringify({ id: operation.id, type: 'error', payload: [formattedError(idIsBusy)] }),
      )
  }

  function begin(socket: ClientSocket, message: SubscribeMessage, bytes: number): SocketOperation {
    const isCounted = cap.enter(socket.address)
    const { id, params } = message
    const error = errorOf(socket, message, isCounted)
    const operation = { id, params, bytes, isCounted, error, isCompleted: false, next: null }
    // A copy of exactly that length: push would reserve room for sixteen more, on every socket.
    socket.operations = [...socket.operations, operation]
    return operation
  }

  /** graphql-ws keeps a message while its operation runs, so the one it gets is without the parameters. */
  async function run(socket: ClientSocket, operation: SocketOperation): Promise<void> {
    try {
      await take(socket, { type: 'subscribe', id: operation.id, payload: { query: '' } })
    } catch (error) {
      fail(socket, error)
    }
    socket.operations = socket.operations.filter((other) => other !== operation)
    if (operation.isCounted) cap.leave(socket.address)
    const { next } = operation
    if (next !== null && socket.isOpen) read(socket, next.text, next.bytes)
  }

  function errorOf(
    { operations }: ClientSocket,
    { id, params }: SubscribeMessage,
    isCounted: boolean,
  ): GraphQLError | null {
    if (id.length > maxIdLength) return idTooLong
    if (operations.length >= operationsPerSocket || !isCounted) return tooManyOperations
    return nestingError(params)
  }

  return {
    /** @returns the function to call when the socket has closed. */
    open(socket: ClientSocket): (code: number, reason: string) => void {
      const closed = protocol.opened(socket, socket)
      return (code, reason) => void closed(code, reason).catch((error) => fail(socket, error))
    },
    message(socket: ClientSocket, data: Buffer): void {
      if (socket.caller === null && data.length > maxInitBytes)
        socket.close(messageTooBig, `Send at most ${maxInitBytes} bytes before connection_ack`)
      else read(socket, String(data), data.length)
    },
  }
}

/** A close code of WebSocket itself. */
const messageTooBig = 1009

const idTooLong = requestError(
  'BAD_REQUEST',
  `The id of an operation must have at most ${maxIdLength} characters.`,
)
const idIsBusy = requestError(
  'RATE_LIMITED',
  'The previous operation with this id has not ended yet. Use another id, or retry.',
)
const tooManyOperations = requestError(
  'RATE_LIMITED',
  'Too many concurrent operations on this socket, or from this address. Complete some first.',
)
