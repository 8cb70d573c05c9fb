import type { ClientSocket } from './client-socket.ts'

/** Between two pings of a socket. */
const pingIntervalMs = 12_000
/** Each socket belongs to one of these groups, so that thousands of pings are not sent at once. */
const groups = 12

/**
 * Pings every socket. Terminates those whose client has not answered the last ping, and those in the middle of the same
 * message as at the last ping: between the fragments of a message, a client can answer pings forever.
 * @returns a stop function.
 */
export function keepAlive(sockets: Iterable<ClientSocket>): () => void {
  let group = 0
  const timer = setInterval(() => {
    for (const socket of sockets) if (socket.number % groups === group) checkSocket(socket)
    group = (group + 1) % groups
  }, pingIntervalMs / groups).unref()
  return () => clearInterval(timer)
}

function checkSocket(socket: ClientSocket): void {
  if (socket.isSilent || socket.isStuck) socket.terminate()
  else {
    socket.isSilent = true
    socket.isStuck = socket.fragments.isMessageUnfinished
    socket.ping()
  }
}
