import type { Scheduler } from 'fast-check'
import { type Core, createCore } from '../../server/core.ts'
import type { Monitor } from '../../server/share-requests/monitor.ts'
import type { ShareRequest } from '../../server/share-requests/share-request.ts'
import type { ShareRequests } from '../../server/share-requests/share-requests.ts'
import type { Change, Store } from '../../server/share-requests/store.ts'
import { openSqliteStore } from '../../server/store/index.ts'
import type { WatcherSettings } from '../../server/watcher/schedule.ts'
import type { VirtualClock } from '../support/clock.ts'
import { instantDisk } from '../support/instant-disk.ts'
import { samplePolicy } from './samples.ts'
import type { SimulatedPortmone } from './simulated-portmone.ts'

export const settings: WatcherSettings = {
  ...{ minPollIntervalMs: 2_000, maxPollIntervalMs: 8_000, unwatchedIntervalMs: 10_000 },
  ...{ expiryGraceMs: 10_000, factsRetryWindowMs: 30_000, leaseMs: 60_000, watchTtlMs: 20_000 },
}

/** Lifetime of every share request, in seconds. */
const lifetime = 40

/** What all processes did, in order. */
export class Recording {
  /** Violations of what must never happen. */
  readonly violations: string[] = []
  /** Every version that was written, by share request. The last one is stored. */
  readonly versions = new Map<string, ShareRequest[]>()
  readonly events: Change[] = []
  /** Ids of claimed share requests, once for each claim. */
  readonly claims: string[] = []

  stored(id: string): ShareRequest {
    const stored = this.versions.get(id)?.at(-1)
    if (stored === undefined) throw new Error(`There is no share request ${id}`)
    return stored
  }
}

interface Deps {
  clock: VirtualClock
  scheduler: Scheduler
  portmone: SimulatedPortmone
  recording: Recording
  dataDir: string
}

/**
 * One gateway process: the domain on a real store. Each call of the store or of Portmone stops at gates, which the
 * scheduler opens in random order, so that concurrent calls happen in every order.
 */
export class SimulatedProcess {
  readonly #deps: Deps
  readonly #store: Store
  readonly #core: Core
  #life: 'runs' | 'stops' | 'has stopped' | 'is gone' = 'runs'

  static async start(deps: Deps): Promise<SimulatedProcess> {
    const store = await openSqliteStore({ dataDir: deps.dataDir, clock: deps.clock.now, disk: instantDisk })
    return new SimulatedProcess(deps, store)
  }

  private constructor(deps: Deps, store: Store) {
    const { clock, portmone, recording } = deps
    this.#deps = deps
    this.#store = store
    const observed = record(store, recording)
    observed.onChange(
      (change) => recording.events.push(change),
      () => {},
    )
    this.#core = createCore({
      store: gated(observed, this.#gate),
      identityService: portmone.reachedThrough(this.#gate),
      policies: [{ ...samplePolicy, lifetime }],
      publicHost: null,
      gatewaySecret: 'a secret of thirty-two characters',
      limits: { facts: async () => {} },
      createsPerMinute: 1_000_000,
      checksPerMinute: 1_000_000,
      monitor: monitorOf(recording),
      ...{ settings, upstreamBudget: 1_000, retentionMs: 86_400_000 },
      timers: {
        monotonicNow: clock.monotonicNow,
        set: (callback, delay) => clock.set(() => this.isAlive && callback(), delay),
        clear: (timer) => clock.clear(timer),
      },
    })
    this.#core.start()
  }

  get shareRequests(): ShareRequests {
    return this.#core.shareRequests
  }

  get isAlive() {
    return this.#life !== 'is gone'
  }

  get runs() {
    return this.#life === 'runs'
  }

  /** Waits for work in progress and lets a moment pass. Never resolves if the process is killed meanwhile. */
  async stop(): Promise<void> {
    this.#life = 'stops'
    await this.#core.stop()
    if (this.#life === 'stops') this.#life = 'has stopped'
    await this.#deps.scheduler.schedule(Promise.resolve(), 'the process ends')
  }

  /** Stops without finishing anything. */
  async kill(): Promise<void> {
    this.#life = 'is gone'
    await this.#store.close()
  }

  readonly #gate = async (label: string): Promise<void> => {
    // A caller may still read a share request, or cancel it: the stop waits for the gateway's own work.
    if (this.#life === 'has stopped' && !/find|update/.test(label))
      this.#deps.recording.violations.push(`${label} after the stop`)
    await this.#deps.scheduler.schedule(Promise.resolve(), label)
    if (!this.isAlive) await new Promise(() => {})
  }
}

const monitorOf = ({ violations }: Recording): Monitor => ({
  created() {},
  approvalSeen() {},
  transition() {},
  erased() {},
  lateApproval() {},
  delivered() {},
  checkSaved() {},
  factsRead() {},
  delayed() {},
  issuerFailed() {},
  failed: (what, error) => void violations.push(`${what} failed: ${error}`),
})

function record(store: Store, { versions, claims }: Recording): Store {
  const recorded: Partial<Store> = {
    async open(id, opening) {
      const opened = await store.open(id, opening)
      versions.set(id, [opened])
      return opened
    },
    async update(previous, next, nextWorkAt) {
      const won = await store.update(previous, next, nextWorkAt)
      if (won) versions.get(next.id)?.push(next)
      return won
    },
    async claim(id, claim) {
      const claimed = await store.claim(id, claim)
      if (claimed.kind === 'claimed') claims.push(id)
      return claimed
    },
    async claimDue(claim) {
      const claimed = await store.claimDue(claim)
      claims.push(...claimed.map(({ id }) => id))
      return claimed
    },
  }
  return new Proxy(store, { get: (target, name) => Reflect.get(recorded, name) ?? bound(target, name) })
}

/** `store` with a gate before each call is done and before it is answered. */
const gated = (store: Store, gate: (label: string) => Promise<void>): Store =>
  new Proxy(store, {
    get(target, name) {
      const method = bound(target, name)
      if (typeof method !== 'function' || name === 'now' || name === 'onChange') return method
      return async (...args: unknown[]) => {
        await gate(`store.${String(name)} begins`)
        const result = await method(...args)
        await gate(`store.${String(name)} ends`)
        return result
      }
    },
  })

function bound(target: object, name: string | symbol): unknown {
  const value = Reflect.get(target, name)
  return typeof value === 'function' ? value.bind(target) : value
}
