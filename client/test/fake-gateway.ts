import { createGateway, type Gateway } from '../verification/gateway.ts'

type Variables = Record<string, unknown>
/** An error with this code in `extensions`. */
export class FakeRefusal {
  readonly code: string
  constructor(code: string) {
    this.code = code
  }
}
/** How an operation is answered: with data, an error, a whole response, no network, an internal error, or never. */
type Answer = Record<string, unknown> | FakeRefusal | Response | 'no network' | 'fault' | 'silence'
type Answers = Record<string, (variables: Variables) => Answer | Promise<Answer>>

/** One live subscription, from the gateway's side. */
export interface FakeSubscription {
  variables: Variables
  next(data: Record<string, unknown>): void
  error(code: string): void
  complete(): void
}

/**
 * The gateway's two transports as the browser sees them, so that everything above `fetch` and `WebSocket` is real.
 * Replaces both globals until `restore`.
 */
export class FakeGateway {
  readonly gateway: Gateway
  /** By the name of the operation. */
  readonly answers: Answers = {}
  /** Every operation that came over HTTP. */
  readonly calls: { operation: string; variables: Variables }[] = []
  readonly subscriptions = new Set<FakeSubscription>()
  /** The `Date` header of each answer. */
  date = new Date()
  /** Whether a socket can be opened. */
  isReachable = true
  /** Whether it stops answering while its sockets stay open. */
  isSilent = false
  /** How many sockets were opened or attempted. */
  opened = 0
  readonly #sockets = new Set<FakeSocket>()
  readonly #originals = { fetch: globalThis.fetch, WebSocket: globalThis.WebSocket }

  constructor() {
    const fake = this
    Object.assign(globalThis, {
      fetch: (_: string, init: RequestInit) => this.#fetch(String(init.body)),
      WebSocket: class extends FakeSocket {
        constructor(url: string) {
          super(url, fake)
          fake.opened++
          fake.#sockets.add(this)
        }
      },
    })
    this.gateway = createGateway('http://gateway.test/graphql')
  }

  restore() {
    Object.assign(globalThis, this.#originals)
  }

  /** Breaks every socket, as a lost network or a stopping gateway does, or closes it with another code. */
  breakSockets(code = 1001) {
    for (const socket of this.#sockets) socket.end(code)
  }

  forget(socket: FakeSocket) {
    this.#sockets.delete(socket)
  }

  /** How many are open. */
  get sockets() {
    return this.#sockets.size
  }

  count(operation: string) {
    return this.calls.filter((call) => call.operation === operation).length
  }

  async #fetch(body: string): Promise<Response> {
    const { operationName, variables } = JSON.parse(body)
    this.calls.push({ operation: operationName, variables })
    const answer = (await this.answers[operationName]?.(variables)) ?? 'silence'
    if (answer === 'no network') throw new TypeError('Failed to fetch')
    if (answer === 'silence') return new Promise(() => {})
    if (answer instanceof Response) return answer
    if (answer instanceof FakeRefusal)
      return Response.json(
        { data: null, errors: [{ message: 'No.', extensions: { code: answer.code } }] },
        { status: answer.code === 'UNAUTHENTICATED' ? 401 : 200 },
      )
    const result =
      answer === 'fault' ? { data: null, errors: [{ message: 'Unexpected error.' }] } : { data: answer }
    return Response.json(result, { headers: { Date: this.date.toUTCString() } })
  }
}

/** Speaks graphql-transport-ws. */
class FakeSocket {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3
  readonly protocol = 'graphql-transport-ws'
  readyState: number = FakeSocket.CONNECTING
  onopen: (() => void) | null = null
  onclose: ((event: { code: number; reason: string; wasClean: boolean }) => void) | null = null
  onerror: ((event: unknown) => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  readonly url: string
  readonly #gateway: FakeGateway
  readonly #subscriptions = new Map<string, FakeSubscription>()

  constructor(url: string, gateway: FakeGateway) {
    this.url = url
    this.#gateway = gateway
    queueMicrotask(() => {
      if (!gateway.isReachable) return this.end(1006)
      this.readyState = FakeSocket.OPEN
      this.onopen?.()
    })
  }

  send(text: string) {
    if (this.#gateway.isSilent) return
    const { type, id, payload } = JSON.parse(text)
    if (type === 'connection_init') this.#tell({ type: 'connection_ack' })
    if (type === 'ping') this.#tell({ type: 'pong' })
    if (type === 'complete') this.#drop(id)
    if (type === 'subscribe') this.#subscribe(id, payload.variables)
  }

  close(code = 1000) {
    this.end(code)
  }

  end(code: number) {
    if (this.readyState === FakeSocket.CLOSED) return
    this.readyState = FakeSocket.CLOSED
    for (const id of this.#subscriptions.keys()) this.#drop(id)
    this.#gateway.forget(this)
    this.onclose?.({ code, reason: '', wasClean: code === 1000 })
  }

  #subscribe(id: string, variables: Variables) {
    const subscription: FakeSubscription = {
      variables,
      next: (data) => this.#tell({ type: 'next', id, payload: { data } }),
      error: (code) => {
        this.#drop(id)
        this.#tell({ type: 'error', id, payload: [{ message: 'No.', extensions: { code } }] })
      },
      complete: () => {
        this.#drop(id)
        this.#tell({ type: 'complete', id })
      },
    }
    this.#subscriptions.set(id, subscription)
    this.#gateway.subscriptions.add(subscription)
  }

  #drop(id: string) {
    const subscription = this.#subscriptions.get(id)
    this.#subscriptions.delete(id)
    if (subscription) this.#gateway.subscriptions.delete(subscription)
  }

  #tell(message: object) {
    queueMicrotask(() => this.onmessage?.({ data: JSON.stringify(message) }))
  }
}
