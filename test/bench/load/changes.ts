import { WebSocket } from 'ws'

const subscribe = JSON.stringify({
  id: '1',
  type: 'subscribe',
  payload: {
    query:
      'subscription { shareRequestChanges { cursor shareRequest { id status { __typename version } } } }',
  },
})

/** Consumers of all changes, each on a WebSocket of its own. */
export class ChangeConsumers {
  readonly #sockets: WebSocket[] = []
  #received = 0
  #wake = () => {}
  #failed: Error | null = null

  /** Resolves when each is subscribed. */
  async open(url: string, key: string, count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.#follow(url, key)))
  }

  /** Resolves when all of them together have received `count` changes. */
  async received(count: number): Promise<void> {
    while (this.#received < count) {
      if (this.#failed !== null) throw this.#failed
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    this.#received -= count
  }

  close(): void {
    for (const socket of this.#sockets.splice(0)) socket.close(1000)
  }

  #follow(url: string, key: string): Promise<void> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      perMessageDeflate: false,
    })
    this.#sockets.push(socket)
    return new Promise((resolve, reject) => {
      const fail = (reason: string) => {
        this.#failed = new Error(`A consumer of the load failed: ${reason}`)
        reject(this.#failed)
        this.#wake()
      }
      const payload = { authorization: `Bearer ${key}` }
      socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload })))
      socket.on('error', (error) => fail(error.message))
      socket.on('close', (code) => code !== 1000 && code !== 1005 && fail(`closed with ${code}`))
      socket.on('message', (data) => {
        const { type } = JSON.parse(String(data)) as { type: string }
        if (type === 'connection_ack') {
          socket.send(subscribe)
          // Answered after the subscription has begun.
          socket.send('{"type":"ping"}')
        } else if (type === 'pong') resolve()
        else if (type !== 'next') fail(String(data))
        else {
          this.#received++
          this.#wake()
        }
      })
    })
  }
}
