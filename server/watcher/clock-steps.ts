import type { Timers } from '../share-requests/clock.ts'
import type { Store } from '../share-requests/store.ts'
import { maxDelayMs, type WatcherSettings } from './schedule.ts'

interface Deps {
  store: Pick<Store, 'now' | 'recoverFromClockStep'>
  settings: WatcherSettings
  timers: Timers
  /** The clock was set: the watches of this gateway must be written again. */
  onStep: () => void
}

const toleranceMs = 1_000

/** Notices when the store's clock was set, and corrects everything that was dated before. */
export class ClockSteps {
  readonly #deps: Deps
  /** By how much the store's clock was ahead of the monotonic one. Infinite at first: it may have stepped while no gateway ran. */
  #leadMs = Number.POSITIVE_INFINITY

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async recover(): Promise<void> {
    const { store, settings, timers, onStep } = this.#deps
    const leadMs = store.now() - timers.monotonicNow()
    const stepMs = leadMs - this.#leadMs
    if (stepMs < -toleranceMs) await store.recoverFromClockStep(maxDelayMs(settings))
    this.#leadMs = leadMs
    if (Math.abs(stepMs) > toleranceMs) onStep()
  }
}
