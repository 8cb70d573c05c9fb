import type { Duplex } from 'node:stream'
import type { GraphQLError } from 'graphql'
import { WebSocket } from 'ws'
import type { OperationParams } from '../graphql/operation.ts'
import type { Caller } from '../share-requests/caller.ts'
import { Fragments } from './fragments.ts'

/** An operation of a socket, from its `subscribe` message until graphql-ws has finished with it. */
export interface SocketOperation {
  readonly id: string
  /** Null once the operation has been prepared. graphql-ws would keep them for as long as it runs. */
  params: OperationParams | null
  /** Size of its message. */
  readonly bytes: number
  /** Whether it counts among the operations of its address. */
  readonly isCounted: boolean
  /** Why it does not run. */
  readonly error: GraphQLError | null
  /** Whether the client has completed it, and may start another with its id. */
  isCompleted: boolean
  /** The message of the next operation with its id, which waits until nothing is left of this one. */
  next: { text: string; bytes: number } | null
}

const none: readonly SocketOperation[] = []

/** Bytes that may wait for a client while its operations go on. */
const maxBufferedBytes = 16 * 1_024

/** What is known of the request that opened a socket. Nothing else of it is kept. */
export interface Opening {
  number: number
  /** Identifies the socket in the log. */
  requestId: string
  address: string
  /** The Authorization header. */
  authorization: string | undefined
}

/** One client's WebSocket, in the form that graphql-ws uses, and what the gateway knows of the client. */
export class ClientSocket {
  readonly #socket: WebSocket
  readonly #stream: Duplex
  /** Counts the sockets of the gateway. */
  readonly number: number
  readonly requestId: string
  readonly address: string
  /** Kept until `connection_init`. */
  authorization: string | undefined
  /** The payload of `connection_init`, kept until it has been read. graphql-ws would keep it as long as the socket is open. */
  connectionParams: Readonly<Record<string, unknown>> | undefined
  /** Set by `connection_init`. */
  caller: Caller | null = null
  /** Removes the socket from the open sessions of its partner key. */
  leave: (() => void) | null = null
  operations: readonly SocketOperation[] = none
  readonly fragments = new Fragments()
  /** Whether the last ping has not been answered. */
  isSilent = false
  /** Whether a message that was unfinished at the last ping still is. */
  isStuck = false
  /** Set by graphql-ws: handles one message. */
  handleMessage: ((message: string) => Promise<void>) | null = null

  /** @param stream that carries `socket`. */
  constructor(socket: WebSocket, stream: Duplex, { number, requestId, address, authorization }: Opening) {
    this.#socket = socket
    this.#stream = stream
    this.number = number
    this.requestId = requestId
    this.address = address
    this.authorization = authorization
  }

  get protocol(): string {
    return this.#socket.protocol
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  /** Bytes that wait for the client to read. */
  get bufferedAmount(): number {
    return this.#socket.bufferedAmount
  }

  onMessage(handle: (message: string) => Promise<void>): void {
    this.handleMessage = handle
  }

  /**
   * If the client reads slowly, resolves once the message has been passed to the system or the socket is gone: then `close`
   * says so. Messages that are sent together, such as a last event and its completion, are one write.
   */
  send(message: string): Promise<void> | void {
    if (this.#stream.writableCorked === 0) {
      this.#stream.cork()
      process.nextTick(uncork, this.#stream)
    }
    if (this.bufferedAmount + message.length > maxBufferedBytes)
      return new Promise((resolve) => this.#socket.send(message, () => resolve()))
    this.#socket.send(message)
  }

  ping(): void {
    this.#socket.ping()
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
  }

  terminate(): void {
    this.#socket.terminate()
  }
}

const uncork = (stream: Duplex) => stream.uncork()
