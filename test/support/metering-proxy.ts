import type { Socket } from 'node:net'
import { startPostgresProxy } from './postgres-proxy.ts'

/** What went through, in order: the text of each statement, as many as there were round trips. */
export interface Meter {
  url: string
  readonly statements: string[]
  /** The texts that were sent: a prepared statement is sent once on each connection, and then named. */
  readonly sent: { text: string; connection: object }[]
  /** The number of columns of each answer that had rows. */
  readonly columns: number[]
  /** Transactions that have ended: a statement outside of one is one itself. */
  readonly transactions: number
  [Symbol.asyncDispose](): Promise<void>
}

const codes = ['Q', 'P', 'B', 'T', 'Z', 'I'].map((letter) => letter.charCodeAt(0))
const [query, parse, bind, rowDescription, ready, idle] = codes

/** Forwards everything to PostgreSQL and back, and counts it. */
export async function startMeteringProxy(url: string): Promise<Meter> {
  const statements: string[] = []
  const sent: Meter['sent'] = []
  const columns: number[] = []
  let transactions = 0
  const proxy = await startPostgresProxy(url, (client, upstream) => {
    client.pipe(upstream).pipe(client)
    const prepared = new Map<string, string>()
    onMessage(client, { hasStartup: true }, (type, body) => {
      const [first = '', second = ''] = body.toString().split('\0')
      if (type === query) {
        sent.push({ text: first, connection: client })
        statements.push(first)
      } else if (type === parse) {
        sent.push({ text: second, connection: client })
        prepared.set(first, second)
      } else if (type === bind) statements.push(prepared.get(second) ?? second)
    })
    onMessage(upstream, { hasStartup: false }, (type, body) => {
      if (type === rowDescription) columns.push(body.readInt16BE(0))
      if (type === ready && body[0] === idle) transactions++
    })
  })
  return {
    url: proxy.url,
    ...{ statements, sent, columns },
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
