import type { IncomingMessage } from 'node:http'

/** Resolves with the body of `request`; `'too large'` if it exceeds `maxBytes`, null if the client hung up. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | 'too large' | null> {
  return new Promise((resolve) => {
    const body = new GrowingBuffer()
    request.on('data', (chunk: Buffer) => {
      if (body.length + chunk.length > maxBytes) {
        request.pause().removeAllListeners('data')
        resolve('too large')
      } else body.append(chunk)
    })
    request.once('end', () => resolve(body.content))
    request.once('close', () => resolve(null))
  })
}

/** Copies what is appended: a chunk of one byte keeps the 64 KB that were read from the system with it. */
class GrowingBuffer {
  #bytes = Buffer.alloc(0)
  length = 0

  append(chunk: Buffer): void {
    const needed = this.length + chunk.length
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length, 256))
      this.#bytes.copy(larger, 0, 0, this.length)
      this.#bytes = larger
    }
    chunk.copy(this.#bytes, this.length)
    this.length = needed
  }

  get content(): Buffer {
    return this.#bytes.subarray(0, this.length)
  }
}
