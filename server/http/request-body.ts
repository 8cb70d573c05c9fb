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
    request.on('end', () => resolve(body.content))
    request.on('close', () => resolve(null))
  })
}

/**
 * Most bodies arrive as one chunk, which is kept as it is. Several are copied into one buffer: kept separately, chunks of
 * one byte would take a hundred times their size.
 */
class GrowingBuffer {
  #bytes: Buffer = empty
  length = 0

  append(chunk: Buffer): void {
    const needed = this.length + chunk.length
    if (this.length === 0) {
      this.#bytes = chunk
      this.length = needed
      return
    }
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

const empty = Buffer.alloc(0)
