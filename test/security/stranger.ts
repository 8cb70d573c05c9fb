import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { upgrade } from './raw-clients.ts'

/** A different address from the test's own requests, which would count towards the same limits. */
const strangersAddress = '127.0.0.2'

/** Everything that one stranger keeps open, written as bytes, without a client that keeps to the protocols. */
export class Stranger implements Disposable {
  readonly #port: number
  readonly #sockets: Socket[] = []

  constructor(url: string) {
    this.#port = Number(new URL(url).port)
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Opens a connection and writes `head`. Answers are read and dropped. */
  async connect(head: string): Promise<Socket> {
    const socket = connect({ port: this.#port, host: '127.0.0.1', localAddress: strangersAddress })
    this.#sockets.push(socket)
    socket.on('error', () => {})
    await once(socket, 'connect')
    socket.write(head)
    return socket.resume()
  }

  /** An acknowledged WebSocket, with the largest headers that Node accepts and the largest `connection_init` that we do. */
  async socket(payload = JSON.stringify({ x: 'x'.repeat(950) })): Promise<Socket> {
    const socket = await this.connect(upgrade.replace(/\r\n$/, `${padding(15_000)}\r\n`))
    await answer(socket, '101 Switching')
    socket.on('data', (chunk) => {
      if (chunk.includes(ping)) socket.write(pong)
    })
    const acknowledged = answer(socket, '"connection_ack"')
    socket.write(textFrame(`{"type":"connection_init","payload":${payload}}`))
    await acknowledged
    return socket
  }

  /** An event stream, or another response to `body`, with the largest headers that Node accepts. */
  post(body: string, sent = body): Promise<Socket> {
    const length = Buffer.byteLength(body)
    return this.connect(
      `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n${padding(15_000)}\r\n${sent}`,
    )
  }
}

/** Resolves once `text` has been received. Rejects if the connection closes first. */
export function answer(socket: Socket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let read = ''
    const take = (chunk: Buffer) => {
      read = (read + chunk.toString('latin1')).slice(-20_000)
      if (!read.includes(text)) return
      socket.off('data', take).off('close', gone)
      resolve()
    }
    const gone = () => reject(new Error(`closed before ${text} came: ${read.slice(0, 500)}`))
    socket.on('data', take).on('close', gone)
  })
}

const ping = Buffer.from([0x89, 0])
const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])

const padding = (bytes: number) => `x-padding: ${'x'.repeat(bytes)}\r\n`

/** A text message in one frame. */
export const textFrame = (text: string) => maskedFrame(0x81, text)

/** The first frame of an unfinished text message. Clients can answer pings between such frames. */
export const firstFragment = (text: string) => maskedFrame(0x01, text)

/** The mask is zero. */
function maskedFrame(first: number, text: string): Buffer {
  const payload = Buffer.from(text)
  const isLong = payload.length > 0xffff
  const head = Buffer.from(isLong ? [first, 0xff, ...Array(12).fill(0)] : [first, 0xfe, ...Array(6).fill(0)])
  if (isLong) head.writeUInt32BE(payload.length, 6)
  else head.writeUInt16BE(payload.length, 2)
  return Buffer.concat([head, payload])
}

/** `levels` nested lists. */
export const nestedLists = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
