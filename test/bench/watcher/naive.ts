import type { SimulatedClock } from './clock.ts'
import type { Customer } from './customers.ts'
import { CountingPortmone } from './portmone.ts'

/** Milliseconds between two questions of a page's loop. */
const pollEvery = 2_000

/**
 * The naive way: for each open page a loop on the server polls Portmone every two seconds. Portmone accepts as many
 * requests as the budget allows and rejects the others, which are tried again two seconds later. A share request without
 * an open page is never checked.
 */
export class NaiveLoops {
  readonly portmone: CountingPortmone
  readonly latencies: number[] = []
  ended = 0
  refused = 0
  readonly #clock: SimulatedClock
  readonly #budget: number
  #second = 0
  #left = 0

  constructor(clock: SimulatedClock, budget: number) {
    this.#clock = clock
    this.#budget = budget
    this.portmone = new CountingPortmone(clock)
  }

  play(id: string, createdAt: number, { answer, answersAfter, followsFor }: Customer): void {
    this.portmone.begin(id)
    const answersAt = createdAt + answersAfter
    if (answer !== null) this.#clock.at(answersAt, () => this.portmone.answer(id, answer))
    if (createdAt + followsFor > this.#clock.now()) this.#poll(id, answersAt, createdAt + followsFor)
    else this.portmone.end(id)
  }

  #poll(id: string, answersAt: number, until: number): void {
    const ask = async () => {
      if (this.#clock.now() >= until) return this.portmone.end(id)
      const status = this.#isLetThrough() ? await this.portmone.statusOf({ code: id }) : 'PENDING'
      if (status === 'PENDING') return void this.#clock.set(ask, pollEvery)
      if (status === 'APPROVED') {
        await this.portmone.factsOf()
        this.latencies.push(this.#clock.now() - answersAt)
      }
      this.ended++
      this.portmone.end(id)
    }
    // The loops of pages that are already open do not all begin at once.
    this.#clock.set(ask, (answersAt % pollEvery) + 1 || 1)
  }

  #isLetThrough(): boolean {
    const second = Math.floor(this.#clock.now() / 1_000)
    if (second !== this.#second) this.#left = this.#budget
    this.#second = second
    if (this.#left >= 1) {
      this.#left--
      return true
    }
    this.refused++
    return false
  }
}
