import type { ClientSocket } from './client-socket.ts'

/** Between two pings of a socket. If the first is not answered by then, the client is gone. */
const pingIntervalMs = 12_000
/** The sockets are pinged in batches, so that thousands of pings are not sent at once. */
const batches = 12

/** Pings every socket and terminates those whose client is gone. @returns a stop function. */
export function keepAlive(sockets: ReadonlySet<ClientSocket>): () => void {
  // A set's iterator includes what is added meanwhile.
  let round = sockets.values()
  const timer = setInterval(() => {
    for (let left = Math.ceil(sockets.size / batches); left > 0; left--) {
      const { value: socket } = round.next()
      if (socket === undefined) {
        round = sockets.values()
        return
      }
      if (socket.isSilent) socket.terminate()
      else {
        socket.isSilent = true
        socket.ping()
      }
    }
  }, pingIntervalMs / batches).unref()
  return () => clearInterval(timer)
}
