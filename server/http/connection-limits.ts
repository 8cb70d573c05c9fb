/** How many connections that stay open, sockets and event streams, each address has, and that none has too many. */
export class AddressCap {
  readonly #max: number
  readonly #open = new Map<string, number>()

  constructor(most: number) {
    this.#max = most
  }

  /** Counts one more for `address`, unless it has as many as it may: then false. */
  enter(address: string): boolean {
    const open = this.#open.get(address) ?? 0
    if (open >= this.#max) return false
    this.#open.set(address, open + 1)
    return true
  }

  leave(address: string): void {
    const open = this.#open.get(address) ?? 0
    if (open > 1) this.#open.set(address, open - 1)
    else this.#open.delete(address)
  }
}
