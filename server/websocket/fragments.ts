/** Whether a client is in the middle of a fragmented message, by the headers of its frames (RFC 6455, section 5.2). */
export class Fragments {
  isMessageUnfinished = false
  #header: number[] = []
  #payloadLeft = 0

  /** @param chunk of what the client sends, in order. */
  read(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      const skipped = Math.min(this.#payloadLeft, chunk.length - at)
      this.#payloadLeft -= skipped
      at += skipped
      if (at < chunk.length) this.#readHeader(chunk.readUInt8(at++))
    }
  }

  #readHeader(byte: number): void {
    this.#header.push(byte)
    const [first = 0, second] = this.#header
    if (second === undefined) return
    const length = second & 0x7f
    const extended = length === 127 ? 8 : length === 126 ? 2 : 0
    const mask = second & 0x80 ? 4 : 0
    if (this.#header.length < 2 + extended + mask) return
    const bytes = this.#header.slice(2, 2 + extended)
    this.#payloadLeft = extended === 0 ? length : bytes.reduce((sum, byte) => sum * 256 + byte, 0)
    const isControl = (first & 0x08) !== 0
    if (!isControl) this.isMessageUnfinished = (first & 0x80) === 0
    this.#header = []
  }
}
