import type { ServerResponse } from 'node:http'

const checkIntervalMs = 1_000

/** Unsent bytes of all clients together, at most. */
const maxUnsentBytesInAll = 64_000_000

interface SlowReadersOptions {
  /** Unsent bytes of one client, at most. */
  maxUnsentBytes: number
  maxUnsentBytesInAll?: number
}

/**
 * Cuts off clients that do not read their answers: each one with too many unsent bytes and, while there are too many in
 * total, the ones with the most.
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
