import { startPostgresProxy } from './postgres-proxy.ts'

/** Forwards everything between clients and PostgreSQL. While it is frozen, connections stay open and nothing passes. */
export async function startFreezingProxy(url: string) {
  let isFrozen = false
  const proxy = await startPostgresProxy(url, (client, upstream) => {
    client.pipe(upstream).pipe(client)
    if (isFrozen) for (const socket of [client, upstream]) socket.pause()
  })
  return {
    url: proxy.url,
    freeze() {
      isFrozen = true
      for (const socket of proxy.sockets) socket.pause()
    },
    /** Only the connections that are open now: new ones work, as after a failover. */
    freezeOpen() {
      for (const socket of proxy.sockets) socket.pause()
    },
    thaw() {
      isFrozen = false
      for (const socket of proxy.sockets) socket.resume()
    },
    [Symbol.asyncDispose]: proxy.close,
  }
}
