import { CloseCode, type Server } from 'graphql-ws'
import type { Logger } from '../monitoring/log.ts'
import type { ClientSocket, SocketHandlers } from './client-socket.ts'

/**
 * Carries graphql-ws's protocol over the sockets of `ws`. Not graphql-ws's own adapter: that one writes to the console
 * what clients do wrong, a hang-up in the middle of an answer included, and has a timer and closures for each socket.
 */
export function createSocketHandlers(protocol: Server<ClientSocket>, log: Logger) {
  const fail = (socket: ClientSocket, error: unknown): void => {
    if (isClientError(error)) {
      socket.close(CloseCode.BadRequest, 'Invalid message received')
      return
    }
    log.error({ err: error }, 'a message on a socket failed')
    socket.close(CloseCode.InternalServerError, 'Unexpected error')
  }

  /**
   * Completed by the client while it begins, an operation's id is free for graphql-ws, but its stream is still to come:
   * under the same id a next one would bring it to life, out of reach of any message and of the socket's end.
   */
  function run(socket: ClientSocket, id: string, message: string): void {
    // Of just that length: a list that is added to makes room for sixteen more.
    socket.operations = [...socket.operations, id]
    const ended = () => {
      socket.operations = socket.operations.filter((other) => other !== id)
    }
    socket.handleMessage?.(message).then(ended, (error) => {
      ended()
      fail(socket, error)
    })
  }

  return {
    begin(socket) {
      socket.handleClose = protocol.opened(socket, socket)
    },
    // Parsed here, because graphql-ws keeps what it is given for as long as the operation runs.
    message(socket, text) {
      const message = parsed(text)
      const id = idOfOperation(message)
      if (id === null) socket.handleMessage?.(message).catch((error) => fail(socket, error))
      else if (socket.operations.includes(id))
        socket.close(CloseCode.SubscriberAlreadyExists, 'Subscriber for this id already exists')
      else run(socket, id, message)
    },
    error: (_, error) => log.debug({ err: error }, 'a socket broke the protocol'),
    close(socket, code, reason) {
      const ended = socket.handleClose?.(code, reason)
      ended?.catch((error) => fail(socket, error))
    },
  } satisfies Partial<SocketHandlers> & { begin(socket: ClientSocket): void }
}

/**
 * The message, which graphql-ws takes parsed as well, though its types know only the text. Where it is no object of
 * JSON it is the text, which graphql-ws then refuses.
 */
function parsed(text: string): string {
  try {
    const message = JSON.parse(text)
    return typeof message === 'object' ? message : text
  } catch {
    return text
  }
}

/** The id under which `message`, as `parsed` gives it, begins an operation. */
function idOfOperation(message: unknown): string | null {
  if (typeof message !== 'object' || message === null) return null
  const { type, id } = message as { type?: unknown; id?: unknown }
  return type === 'subscribe' && typeof id === 'string' ? id : null
}

/** What graphql-ws throws like a fault of its own: a message that is the server's to send, a ping too deep to repeat. */
const isClientError = (error: unknown) =>
  error instanceof RangeError ||
  (error instanceof Error && error.message.startsWith('Unexpected message of type'))
