import type { WebSocket, WebSocketServer } from 'ws'

/** Milliseconds between two pings of a socket: one that has not answered the first when the second is due is dead. */
const pingEvery = 12_000
/** The sockets are pinged in so many groups, one after the other, so that thousands of pings never come at once. */
const groupCount = 12

/** Pings every socket, and ends those whose client is gone without a word. @returns a stop function. */
export function keepAlive(sockets: WebSocketServer): () => void {
  const groups = Array.from({ length: groupCount }, () => new Set<WebSocket>())
  const silent = new WeakSet<WebSocket>()
  let opened = 0
  let turn = 0

  sockets.on('connection', (socket: WebSocket) => {
    const group = groups[opened++ % groupCount]
    group?.add(socket)
    socket.on('pong', answered).once('close', () => group?.delete(socket))
  })

  function answered(this: WebSocket): void {
    silent.delete(this)
  }

  const timer = setInterval(() => {
    for (const socket of groups[turn++ % groupCount] ?? []) {
      if (silent.has(socket)) socket.terminate()
      else {
        silent.add(socket)
        socket.ping()
      }
    }
  }, pingEvery / groupCount).unref()
  return () => clearInterval(timer)
}
