import type { ServerResponse } from 'node:http'

const checkIntervalMs = 1_000

/** Bytes that may wait for all clients together. */
const maxUnsentBytesInAll = 64_000_000

interface SlowReadersOptions {
  /** Bytes that may wait for one client. */
  maxUnsentBytes: number
  maxUnsentBytesInAll?: number
}

/**
 * Cuts off clients that do not read what they asked for: those for whom too much waits, and while too much waits for
 * all together, those for whom most does.
 */
export class SlowReaders {
  /** Responses in progress. */
  readonly responses = new Set<ServerResponse>()
  /** Open sockets. */
  sockets: Iterable<{ readonly bufferedAmount: number; terminate(): void }> = []
  readonly #max: number
  readonly #maxInAll: number
  #timer: NodeJS.Timeout | undefined

  constructor({ maxUnsentBytes, maxUnsentBytesInAll: maxInAll = maxUnsentBytesInAll }: SlowReadersOptions) {
    this.#max = maxUnsentBytes
    this.#maxInAll = maxInAll
  }

  start(): void {
    this.#timer = setInterval(() => this.#cutOff(), checkIntervalMs).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #cutOff(): void {
    const readers: { unsent: number; cutOff: () => void }[] = []
    for (const response of this.responses)
      if (response.writableLength > 0)
        readers.push({ unsent: response.writableLength, cutOff: () => response.destroy() })
    for (const socket of this.sockets)
      if (socket.bufferedAmount > 0)
        readers.push({ unsent: socket.bufferedAmount, cutOff: () => socket.terminate() })
    let total = readers.reduce((sum, { unsent }) => sum + unsent, 0)
    for (const { unsent, cutOff } of readers.sort((a, b) => b.unsent - a.unsent)) {
      if (unsent <= this.#max && total <= this.#maxInAll) return
      cutOff()
      total -= unsent
    }
  }
}
