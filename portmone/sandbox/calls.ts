/** The calls of the wire contract. */
export const callKinds = ['token', 'create', 'status', 'facts'] as const
export type CallKind = (typeof callKinds)[number]

/** Calls that have arrived since the start, including those that a fault was applied to. */
export interface Tally {
  count: number
  inFlight: number
  /** The largest number in flight at the same time. */
  maxInFlight: number
}

/** The calls of one kind, about one code or in total. */
export interface CallTally extends Tally {
  kind: CallKind
  code?: string
}

/** Counts the calls that arrive, and resolves the promises that wait for them. */
export class Calls {
  readonly #tallies = new Map<string, CallTally>()
  readonly #waiting = new Set<{ isReached: () => boolean; resolve: () => void }>()

  /** Counts a call that arrives. @returns a function to call when it ends; calling it again has no effect. */
  begin(kind: CallKind, code: string | undefined): () => void {
    const tallies = [this.#tally(kind, undefined)]
    if (code !== undefined) tallies.push(this.#tally(kind, code))
    for (const tally of tallies) {
      tally.count += 1
      tally.inFlight += 1
      tally.maxInFlight = Math.max(tally.maxInFlight, tally.inFlight)
    }
    for (const waiter of this.#waiting) {
      if (!waiter.isReached()) continue
      this.#waiting.delete(waiter)
      waiter.resolve()
    }
    return () => {
      for (const tally of tallies.splice(0)) tally.inFlight -= 1
    }
  }

  /** The calls of a kind; with a code, only those about it. */
  of(kind: CallKind, code?: string): Tally {
    const { count, inFlight, maxInFlight } = this.#tallies.get(keyOf(kind, code)) ?? none
    return { count, inFlight, maxInFlight }
  }

  list(): CallTally[] {
    return [...this.#tallies.values()]
  }

  /** Resolves as soon as `count` calls of a kind (with a code, about it) have arrived since the start. */
  reach(kind: CallKind, count: number, code?: string): Promise<void> {
    const isReached = () => this.of(kind, code).count >= count
    if (isReached()) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.add({ isReached, resolve }))
  }

  #tally(kind: CallKind, code: string | undefined): CallTally {
    const key = keyOf(kind, code)
    const known = this.#tallies.get(key)
    if (known !== undefined) return known
    const tally = { kind, ...(code !== undefined && { code }), ...none }
    this.#tallies.set(key, tally)
    return tally
  }
}

const none: Tally = { count: 0, inFlight: 0, maxInFlight: 0 }
const keyOf = (kind: CallKind, code: string | undefined) => `${kind} ${code ?? ''}`
