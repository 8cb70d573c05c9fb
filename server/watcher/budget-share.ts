import { randomUUID } from 'node:crypto'
import type { Timers } from '../share-requests/clock.ts'
import type { Store } from '../share-requests/store.ts'
import type { Budget } from './budget.ts'

interface Deps {
  store: Pick<Store, 'heartbeat'>
  budget: Budget
  /** Upstream requests per second of all gateways together. */
  upstreamBudget: number
  timers: Timers
}

const heartbeatIntervalMs = 5_000

/** Tells the other gateways that this one is alive, and takes an equal share of the upstream budget. */
export class BudgetShare {
  readonly #deps: Deps
  readonly #gatewayId = randomUUID()
  #heartbeatAt = Number.NEGATIVE_INFINITY
  /** Gateways that the last heartbeat counted; null before the first. */
  #alive: number | null = null

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Sends a heartbeat if one is due. */
  async keepAlive(): Promise<void> {
    const { store, timers } = this.#deps
    const now = timers.monotonicNow()
    if (now < this.#heartbeatAt) return
    this.#take(await store.heartbeat(this.#gatewayId, 3 * heartbeatIntervalMs))
    this.#heartbeatAt = now + heartbeatIntervalMs
  }

  /**
   * A gateway that joins others leaves them what they may have used of this second. It takes a larger share only at the
   * second heartbeat that allows it: after a long outage of the database the first gateway that comes back seems to be
   * the only one.
   */
  #take(alive: number): void {
    const { budget, upstreamBudget } = this.#deps
    const before = this.#alive ?? alive
    if (this.#alive === null && alive > 1) budget.empty()
    budget.rate = upstreamBudget / Math.max(1, alive, before)
    this.#alive = alive
  }
}
