import type { Duplex } from 'node:stream'
import type { GraphQLError } from 'graphql'
import { WebSocket } from 'ws'
import type { Caller } from '../share-requests/caller.ts'

/** What becomes of the events of sockets: the same for all of them. */
export interface SocketHandlers {
  message(socket: ClientSocket, data: Buffer): void
  ping(socket: ClientSocket): void
  pong(socket: ClientSocket): void
  /** The client broke the protocol of WebSocket; `ws` has closed the socket with the code that says how. */
  error(socket: ClientSocket, error: Error): void
  close(socket: ClientSocket, code: number, reason: string): void
}

/** An operation of a socket, from its message on until nothing is left of it. */
export interface SocketOperation {
  readonly id: string
  /** Of its message. */
  readonly bytes: number
  /** Why it is not run. */
  readonly error: GraphQLError | null
  /** Whether its client is done with it, and may begin another with its id. */
  isCompleted: boolean
  /** The message of the next operation with its id, which waits until nothing is left of this one. */
  next: { text: string; bytes: number } | null
}

const none: readonly SocketOperation[] = []

/** Bytes that may wait for the client before the next event of a subscription is made. */
const maxBytesAhead = 65_536

/**
 * One client's WebSocket, with all that is known of it. There are thousands, and most wait: what one of them keeps is
 * a field here and no closure, so that a waiting socket is little more than what `ws` makes of it, and the request that
 * opened it is gone.
 */
export class ClientSocket extends WebSocket {
  /** Under which what it causes stands in the log. */
  requestId = ''
  address = ''
  /** Of the upgrade request, until `connection_init`. */
  authorization: string | undefined = undefined
  /** Set by `connection_init`. */
  caller: Caller | null = null
  /** Takes it off the open sessions of its partner key. */
  leave: (() => void) | null = null
  operations: readonly SocketOperation[] = none
  /** Whether the last ping has had no answer. */
  isSilent = false
  /** Takes a message, by the protocol. */
  handleMessage: ((message: string) => Promise<void>) | null = null
  /** Ends what the protocol has of it. */
  handleClose: ((code: number, reason: string) => Promise<void>) | null = null
  handlers: SocketHandlers | null = null
  #stream: Duplex | null = null

  get isOpen(): boolean {
    return this.readyState === this.OPEN
  }

  /** To be called when it is open. */
  opened(stream: Duplex, requestId: string, address: string, handlers: SocketHandlers): void {
    this.#stream = stream
    this.requestId = requestId
    this.address = address
    this.handlers = handlers
    for (const [event, listener] of Object.entries(listeners)) this.on(event, listener)
  }

  /** For graphql-ws, which takes this for its socket. */
  onMessage(take: (message: string) => Promise<void>): void {
    this.handleMessage = take
  }

  /**
   * What is sent at one go, such as an event and the completion after it, is one write to the system.
   * @returns a promise, for which graphql-ws waits, if the client has not read what was sent before.
   */
  override send(...message: unknown[]): void | Promise<void> {
    const stream = this.#stream
    if (stream !== null && stream.writableCorked === 0) {
      stream.cork()
      process.nextTick(uncork, stream)
    }
    if (this.bufferedAmount <= maxBytesAhead) {
      Reflect.apply(super.send, this, message)
      return
    }
    // Called with an error, too, when the socket ends.
    return new Promise((resolve) => Reflect.apply(super.send, this, [...message, () => resolve()]))
  }
}

const uncork = (stream: Duplex) => stream.uncork()

/** By `this`, so that they need be made only once. */
const listeners = {
  message(this: WebSocket, data: unknown) {
    if (this instanceof ClientSocket) this.handlers?.message(this, data as Buffer)
  },
  ping(this: WebSocket) {
    if (this instanceof ClientSocket) this.handlers?.ping(this)
  },
  pong(this: WebSocket) {
    if (this instanceof ClientSocket) this.handlers?.pong(this)
  },
  error(this: WebSocket, error: Error) {
    if (this instanceof ClientSocket) this.handlers?.error(this, error)
  },
  close(this: WebSocket, code: number, reason: Buffer) {
    if (this instanceof ClientSocket) this.handlers?.close(this, code, String(reason))
  },
}
