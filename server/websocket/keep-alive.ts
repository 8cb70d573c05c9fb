import type { ClientSocket } from './client-socket.ts'

/** Milliseconds between two pings of a socket: one that has not answered the first when the second is due is dead. */
const pingIntervalMs = 12_000
/** Deps that the sockets are pinged in, one after the other, so that thousands of pings never come at once. */
const batches = 12

/** Pings every socket, and ends those whose client is gone without a word. @returns a stop function. */
export function keepAlive(sockets: ReadonlySet<ClientSocket>): () => void {
  // Goes on through what comes and goes meanwhile.
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
