import { WebSocket } from 'ws'
import { type Handle, named, operations, type SendBy, type ShareRequestAnswer } from '../operations.ts'

/** Sockets that may be opening at the same time. */
const mostOpening = 200

/** Source addresses of the sockets. On Linux all of 127.0.0.0/8 is local, so each socket can have its own. */
const localAddressOf = (index: number) =>
  process.platform === 'linux' ? { localAddress: `127.1.${(index >> 8) & 255}.${index & 255}` } : {}

interface Frame {
  type: string
  payload?: { data?: { shareRequestStatus: { shareRequest: ShareRequestAnswer } } }
}

/** Many graphql-transport-ws connections with one subscription each. Written to use little CPU. */
export class Sockets {
  readonly #open = new Set<WebSocket>()
  /** Open subscriptions, by share request. */
  readonly #following = new Map<string, number>()
  /** Milliseconds from a transition to when its event was received here, by share request. */
  readonly #latencies = new Map<string, number[]>()
  #ended = () => {}
  #failed: Error | null = null
  #opened = 0

  /** Opens `count` sockets and resolves when each has its first event. Socket n follows `handles[n % handles.length]`. */
  async open(url: string, handles: readonly Handle[], count: number, sendBy: SendBy = 'text'): Promise<void> {
    let next = 0
    const openOneByOne = async () => {
      while (next < count) await this.#follow(url, handles[next++ % handles.length]!, sendBy)
    }
    await Promise.all(Array.from({ length: mostOpening }, openOneByOne))
  }

  /** Resolves when all subscriptions to these share requests have completed, with their latencies in milliseconds. */
  async completed(ids: readonly string[]): Promise<number[]> {
    while (ids.some((id) => this.#following.has(id))) {
      await new Promise<void>((resolve) => {
        this.#ended = resolve
      })
      if (this.#failed !== null) throw this.#failed
    }
    return ids.flatMap((id) => this.#latencies.get(id) ?? [])
  }

  async close(): Promise<void> {
    const closed = [...this.#open].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
    for (const socket of this.#open) socket.close(1000)
    await Promise.all(closed)
  }

  #follow(url: string, { id, clientSecret }: Handle, sendBy: SendBy): Promise<void> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      perMessageDeflate: false,
      ...localAddressOf(this.#opened++),
    })
    this.#open.add(socket)
    this.#following.set(id, (this.#following.get(id) ?? 0) + 1)
    return new Promise((resolve, reject) => {
      const fail = (reason: string) => {
        this.#failed = new Error(`A socket of the load failed: ${reason}`)
        reject(this.#failed)
        this.#ended()
      }
      socket.on('open', () => socket.send('{"type":"connection_init"}'))
      socket.on('error', (error) => fail(error.message))
      socket.on('close', (code) => {
        this.#open.delete(socket)
        if (code !== 1000 && code !== 1005) fail(`closed with ${code}`)
      })
      socket.on('message', (data) => {
        const received = performance.timeOrigin + performance.now()
        const { type, payload } = JSON.parse(String(data)) as Frame
        if (type === 'connection_ack') return socket.send(subscribe(id, clientSecret, sendBy))
        if (type === 'complete') return this.#complete(id)
        const status = payload?.data?.shareRequestStatus.shareRequest.status
        if (type !== 'next' || status === undefined) return fail(String(data))
        if (status.__typename === 'PendingStatus') return resolve()
        const latencies = this.#latencies.get(id) ?? []
        this.#latencies.set(id, latencies)
        latencies.push(received - Date.parse(status.changedAt))
      })
    })
  }

  #complete(id: string): void {
    const left = this.#following.get(id)! - 1
    if (left > 0) this.#following.set(id, left)
    else this.#following.delete(id)
    if (left === 0) this.#ended()
  }
}

const subscribe = (id: string, clientSecret: string, sendBy: SendBy) =>
  JSON.stringify({
    id: '1',
    type: 'subscribe',
    payload: { ...named(operations.follow, sendBy), variables: { id, clientSecret } },
  })
