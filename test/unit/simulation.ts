import { randomUUID } from 'node:crypto'
import type { Scheduler } from 'fast-check'
import { UpstreamUnavailable } from '../../server/share-requests/errors.ts'
import type { Follower } from '../../server/share-requests/follower.ts'
import type { Monitor } from '../../server/share-requests/monitor.ts'
import type { WatcherSettings } from '../../server/share-requests/schedule.ts'
import { isTerminal, type ShareRequest } from '../../server/share-requests/share-request.ts'
import { ShareRequests } from '../../server/share-requests/share-requests.ts'
import type { Change, Store } from '../../server/share-requests/store.ts'
import { openSqliteStore } from '../../server/store/index.ts'
import { VirtualClock } from '../clock.ts'
import { samplePolicy } from './samples.ts'
import { SimulatedPortmone, type UpstreamCall } from './simulated-portmone.ts'

type RequestAction = 'hint' | 'cancel' | 'subscribe' | 'approve' | 'decline'

/** What can happen from outside. `request` counts from 0. */
export type Action =
  | { type: 'pass'; milliseconds: number }
  | { type: RequestAction; request: number }
  | { type: 'leave' }
  | { type: 'break' | 'mend'; call: UpstreamCall['kind'] }
  | { type: 'stop' | 'kill' }

export const settings: WatcherSettings = {
  ...{ watchedLeast: 2_000, watchedMost: 8_000, sweep: 10_000 },
  ...{ expiryGrace: 10_000, factsHorizon: 30_000, lease: 60_000, watchTtl: 20_000 },
}

/** Share requests that every run has, and the seconds that they live. */
const requestsPerRun = 2
const lifetime = 40
const customer = { kind: 'CUSTOMER', address: '127.0.0.1' } as const

/** One process of the gateway: a graceful stop lets its work end, a kill leaves everything where it stands. */
interface Process {
  alive: boolean
  stopping: boolean
  store: Store
  shareRequests: ShareRequests
}

interface Handle {
  id: string
  clientSecret: string
}

interface Subscriber {
  handle: Handle
  stream: Follower | null
  left: boolean
  completed: boolean
}

/** A cancel that was asked for: how many upstream calls there were before, and whether Portmone knew of an approval. */
interface Cancel {
  id: string
  callsBefore: number
  approvedBefore: boolean
}

/**
 * The domain on a real store, with Portmone, the clock, the subscribers and the life of the process played. Each call
 * of the store or of Portmone stops at gates that the scheduler opens in an order of its own; so everything that can
 * happen at once does, in every order.
 */
export class Simulation {
  readonly clock = new VirtualClock()
  readonly portmone = new SimulatedPortmone(this.clock.now)
  /** What must never happen and did. */
  readonly violations: string[] = []
  readonly created: Handle[] = []
  /** Every version that was written, by share request: what is stored comes last. */
  readonly versions = new Map<string, ShareRequest[]>()
  readonly events: Change[] = []
  /** What the subscribers got, all together. */
  readonly received: ShareRequest[] = []
  readonly claims: string[] = []
  readonly cancels: Cancel[] = []
  readonly #subscribers: Subscriber[] = []
  readonly #dataDir: string
  readonly #scheduler: Scheduler
  #process!: Process
  #up: Promise<void> = Promise.resolve()

  constructor(dataDir: string, scheduler: Scheduler) {
    this.#dataDir = dataDir
    this.#scheduler = scheduler
  }

  /** Plays the actions, then lets time pass until everything has come to its end, whether Portmone gets well or not. */
  async run(actions: readonly Action[], getsWell: boolean): Promise<void> {
    await this.#boot()
    for (let count = 0; count < requestsPerRun; count++) this.#create()
    await this.#drain()
    this.#scheduler.scheduleSequence(
      actions.map((action) => ({
        label: JSON.stringify(action),
        builder: async () => this.#perform(action),
      })),
    )
    await this.#drain()
    if (getsWell) this.portmone.down.clear()
    for (let round = 0; round < 100 && !this.#isOver(); round++) {
      this.clock.advance(2_000)
      await this.#drain()
    }
    if (!this.#isOver()) this.violations.push('not everything came to its end')
    await this.#settle(this.#process.shareRequests.stop())
    await this.#process.store.close()
  }

  stored(id: string): ShareRequest {
    const stored = this.versions.get(id)?.at(-1)
    if (stored === undefined) throw new Error(`There is no share request ${id}`)
    return stored
  }

  #isOver() {
    return (
      this.created.every(({ id }) => isTerminal(this.stored(id))) &&
      this.#subscribers.every(({ left, completed }) => left || completed)
    )
  }

  #perform(action: Action): void {
    if ('request' in action) this.#performOn(this.created[action.request]!, action.type)
    else if (action.type === 'pass') this.clock.advance(action.milliseconds)
    else if (action.type === 'break') this.portmone.down.add(action.call)
    else if (action.type === 'mend') this.portmone.down.delete(action.call)
    else if (action.type === 'leave') this.#leave()
    else if (action.type === 'stop') this.#stop()
    else this.#kill()
  }

  #performOn(handle: Handle, type: RequestAction): void {
    if (type === 'approve') this.portmone.answer(handle.id, 'APPROVED')
    else if (type === 'decline') this.portmone.answer(handle.id, 'DECLINED')
    else if (type === 'hint') this.#inBackground(this.#hint(handle))
    else if (type === 'cancel') this.#inBackground(this.#cancel(handle))
    else {
      const subscriber = { handle, stream: null, left: false, completed: false }
      this.#subscribers.push(subscriber)
      this.#inBackground(this.#follow(subscriber))
    }
  }

  #create(): void {
    const input = { policy: samplePolicy.name, idempotencyKey: randomUUID() }
    this.#inBackground(
      this.#process.shareRequests.create(customer, input).then(({ shareRequest, clientSecret }) => {
        this.created.push({ id: shareRequest.id, clientSecret })
      }),
    )
  }

  async #hint(handle: Handle): Promise<void> {
    await this.#up
    const answer = this.portmone.answerOf(handle.id)
    const process = this.#process
    const request = await process.shareRequests.check(customer, handle)
    if (process.stopping) return
    const isKnown = request.state !== 'PENDING' || request.approvedAt !== null
    if (answer !== 'PENDING' && !isKnown) this.violations.push(`a hint did not learn that it is ${answer}`)
  }

  async #cancel(handle: Handle): Promise<void> {
    await this.#up
    const approvedBefore = this.portmone.answerOf(handle.id) === 'APPROVED'
    this.cancels.push({ id: handle.id, callsBefore: this.portmone.calls.length, approvedBefore })
    await this.#process.shareRequests.cancel(customer, handle)
  }

  async #follow(subscriber: Subscriber): Promise<void> {
    await this.#up
    const process = this.#process
    const least = this.stored(subscriber.handle.id).version
    const stream = await process.shareRequests.follow(customer, subscriber.handle)
    subscriber.stream = stream
    if (subscriber.left) await stream.return()
    let last: ShareRequest | null = null
    for await (const request of stream) {
      const { version } = request
      if (last === null ? version < least : version !== last.version + 1)
        this.violations.push(
          `a subscriber got version ${version} after ${last?.version ?? `${least} was stored`}`,
        )
      this.received.push(request)
      last = request
    }
    if (last !== null && isTerminal(last)) subscriber.completed = true
    else if (!subscriber.left && process === this.#process && subscriber.stream === stream)
      this.violations.push('a subscription ended before its share request did')
  }

  #leave(): void {
    const subscriber = this.#subscribers.find(({ left, completed }) => !left && !completed)
    if (subscriber === undefined) return
    subscriber.left = true
    this.#inBackground(subscriber.stream?.return())
  }

  #stop(): void {
    const process = this.#process
    if (process.stopping) return
    process.stopping = true
    this.#disconnect()
    this.#up = process.shareRequests.stop().then(async () => {
      if (process.alive) await this.#restart(process)
    })
    this.#reconnect()
  }

  #kill(): void {
    const process = this.#process
    process.alive = false
    this.#disconnect()
    this.#up = this.#restart(process)
    this.#reconnect()
  }

  async #restart(process: Process): Promise<void> {
    process.alive = false
    await process.store.close()
    await this.#boot()
  }

  #disconnect(): void {
    for (const subscriber of this.#subscribers) {
      const { stream } = subscriber
      subscriber.stream = null
      this.#inBackground(stream?.return())
    }
  }

  #reconnect(): void {
    for (const subscriber of this.#subscribers)
      if (!subscriber.left && !subscriber.completed) this.#inBackground(this.#follow(subscriber))
  }

  /** What a caller asks for; that Portmone can not be reached is an answer as well. */
  #inBackground(work: Promise<unknown> | undefined): void {
    work?.catch((error) => {
      if (!(error instanceof UpstreamUnavailable) && error.name !== 'InvalidTransition')
        this.violations.push(`a caller got ${error}`)
    })
  }

  async #boot(): Promise<void> {
    const store = await openSqliteStore({ dataDir: this.#dataDir, clock: this.clock.now })
    const process: Process = {
      alive: true,
      stopping: false,
      store,
      shareRequests: this.#domain(store, () => process.alive),
    }
    this.#process = process
    store.onChange(
      (change) => this.events.push(change),
      () => {},
    )
    process.shareRequests.start()
  }

  #domain(store: Store, isAlive: () => boolean): ShareRequests {
    const gate = async (label: string) => {
      await this.#scheduler.schedule(Promise.resolve(), label)
      if (!isAlive()) await new Promise(() => {})
    }
    const monitor: Monitor = {
      ...{
        created() {},
        approvalSeen() {},
        transition() {},
        lateApproval() {},
        checkSaved() {},
        delayed() {},
      },
      failed: (what, error) => this.violations.push(`${what} failed: ${error}`),
    }
    return new ShareRequests({
      ...{ store: gated(this.#observed(store), gate), monitor, settings },
      identityService: this.portmone.reachedThrough(gate),
      policies: [{ ...samplePolicy, lifetime }],
      gatewaySecret: 'a secret of thirty-two characters',
      limits: { create: async () => {}, check: async () => {} },
      ...{ upstreamBudget: 1_000, retention: 86_400_000 },
      timers: {
        set: (callback, delay) => this.clock.set(() => isAlive() && callback(), delay),
        clear: (timer) => this.clock.clear(timer),
      },
    })
  }

  #observed(store: Store): Store {
    const observations: Partial<Store> = {
      open: async (id, opening) => {
        const opened = await store.open(id, opening)
        this.versions.set(id, [opened])
        return opened
      },
      update: async (previous, next, nextWorkAt) => {
        const won = await store.update(previous, next, nextWorkAt)
        if (won) this.versions.get(next.id)?.push(next)
        return won
      },
      claim: async (id, claim) => {
        const claimed = await store.claim(id, claim)
        if (claimed !== null) this.claims.push(id)
        return claimed
      },
      claimDue: async (claim) => {
        const claimed = await store.claimDue(claim)
        this.claims.push(...claimed.map(({ id }) => id))
        return claimed
      },
    }
    return new Proxy(store, {
      get: (target, name) => Reflect.get(observations, name) ?? bound(target, name),
    })
  }

  async #settle(work: Promise<unknown>): Promise<void> {
    let isSettled = false
    void work.finally(() => {
      isSettled = true
    })
    await this.#drain()
    if (!isSettled) this.violations.push('the stop did not come to its end')
  }

  async #drain(): Promise<void> {
    await turn()
    while (this.#scheduler.count() > 0) {
      await this.#scheduler.waitNext(1)
      await turn()
    }
  }
}

/** Until nothing is left to do but what waits for a gate or for the clock: the store works without I/O of its own. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

function bound(target: object, name: string | symbol): unknown {
  const value = Reflect.get(target, name)
  return typeof value === 'function' ? value.bind(target) : value
}

const ungated = new Set<string | symbol>(['now', 'onChange'])

/** `store`, each call of which stops at a gate before it is done and before it is answered. */
const gated = (store: Store, gate: (label: string) => Promise<void>): Store =>
  new Proxy(store, {
    get(target, name) {
      const method = bound(target, name)
      if (typeof method !== 'function' || ungated.has(name)) return method
      return async (...args: unknown[]) => {
        await gate(`store.${String(name)} begins`)
        const result = await method(...args)
        await gate(`store.${String(name)} ends`)
        return result
      }
    },
  })
