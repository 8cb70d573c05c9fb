import type { Socket } from 'node:net'
import { startPostgresProxy } from './postgres-proxy.ts'

/** What went through, in order: the text of each statement, as many as there were round trips. */
export interface Meter {
  url: string
  readonly statements: string[]
  /** Transactions that have ended: a statement outside of one is one itself. */
  readonly transactions: number
  [Symbol.asyncDispose](): Promise<void>
}

const [query, parse, ready, idle] = ['Q', 'P', 'Z', 'I'].map((letter) => letter.charCodeAt(0))

/** Forwards everything to PostgreSQL and back, and counts it. */
export async function startMeteringProxy(url: string): Promise<Meter> {
  const statements: string[] = []
  let transactions = 0
  const proxy = await startPostgresProxy(url, (client, upstream) => {
    client.pipe(upstream).pipe(client)
    onMessage(client, { hasStartup: true }, (type, body) => {
      // A Parse message has the statement's name before its text.
      const [text = ''] = body
        .toString()
        .split('\0')
        .slice(type === parse ? 1 : 0)
      if (type === query || type === parse) statements.push(text)
    })
    onMessage(upstream, { hasStartup: false }, (type, body) => {
      if (type === ready && body[0] === idle) transactions++
    })
  })
  return {
    url: proxy.url,
    statements,
    get transactions() {
      return transactions
    },
    [Symbol.asyncDispose]: proxy.close,
  }
}

/** Splits what comes into messages: a type, unless it is the client's first, a length that counts itself, and the body. */
function onMessage(
  socket: Socket,
  { hasStartup }: { hasStartup: boolean },
  handle: (type: number, body: Buffer) => void,
): void {
  let pending = Buffer.alloc(0)
  let typeLength = hasStartup ? 0 : 1
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk])
    while (pending.length >= typeLength + 4) {
      const end = typeLength + pending.readUInt32BE(typeLength)
      if (pending.length < end) return
      if (typeLength === 1) handle(pending[0]!, pending.subarray(5, end))
      pending = pending.subarray(end)
      typeLength = 1
    }
  })
}
