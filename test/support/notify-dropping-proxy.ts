import { startPostgresProxy } from './postgres-proxy.ts'

/** First byte of the server's message that carries a notification; the length that follows counts itself. */
const notification = 'A'.charCodeAt(0)

/** Forwards everything to PostgreSQL and back. While it `isMute`, it drops notifications, as poolers by transaction do. */
export async function startMutePostgres(url: string, { isMute = true } = {}) {
  const proxy = await startPostgresProxy(url, (client, upstream) => {
    let pending = Buffer.alloc(0)
    upstream.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk])
      while (pending.length >= 5 && pending.length > pending.readUInt32BE(1)) {
        const end = 1 + pending.readUInt32BE(1)
        if (pending[0] !== notification || !mute.isMute) client.write(pending.subarray(0, end))
        pending = pending.subarray(end)
      }
    })
    client.pipe(upstream)
    upstream.once('end', () => client.end())
  })
  const mute = { url: proxy.url, isMute, [Symbol.asyncDispose]: proxy.close }
  return mute
}
