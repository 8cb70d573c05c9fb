import type { ContestantName } from '../contestants/index.ts'

/** All measurements of a contestant: milliseconds, microseconds of CPU, bytes, or a number per second. */
export const measures = {
  memoryPerSubscription: 'memory per subscription',
  cpuPerSubscription: 'CPU per established subscription',
  cpuPerEvent: 'CPU per delivered event',
  latencyP50: 'transition to client, p50',
  latencyP99: 'transition to client, p99',
  cpuPerVerification: 'CPU per check that brings a transition, its event included',
  createsPerSecond: 'createShareRequest per second',
  cpuPerCreate: 'CPU per createShareRequest',
  readsPerSecond: 'shareRequest per second',
  cpuPerRead: 'CPU per shareRequest',
  startToReady: 'start to first answer',
} as const
export type Measure = keyof typeof measures

/** The measurements of every round. */
export class Results {
  readonly #values = new Map<string, number[]>()

  add(contestant: ContestantName, values: Partial<Record<Measure, number>>): void {
    for (const [measure, value] of Object.entries(values)) {
      const key = `${contestant} ${measure}`
      this.#values.set(key, [...(this.#values.get(key) ?? []), value])
    }
  }

  of(contestant: ContestantName, measure: Measure): readonly number[] {
    return this.#values.get(`${contestant} ${measure}`) ?? []
  }
}
