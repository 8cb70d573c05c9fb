import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Core, type CoreOptions, createCore } from '../../server/core.ts'
import type { ShareRequestCredentials } from '../../server/share-requests/access.ts'
import { type Caller, scopes } from '../../server/share-requests/caller.ts'
import { clientSecretOf } from '../../server/share-requests/client-secret.ts'
import type { Monitor } from '../../server/share-requests/monitor.ts'
import type { ShareRequests } from '../../server/share-requests/share-requests.ts'
import type { Store } from '../../server/share-requests/store.ts'
import { openSqliteStore } from '../../server/store/index.ts'
import { defaultWatcherSettings, type WatcherSettings } from '../../server/watcher/schedule.ts'
import { VirtualClock } from '../support/clock.ts'
import { instantDisk } from '../support/instant-disk.ts'
import { samplePolicy } from './samples.ts'
import { SimulatedPortmone, type UpstreamCall } from './simulated-portmone.ts'

export const customer: Caller = { kind: 'CUSTOMER', address: '127.0.0.1' }
export const partner: Caller = { kind: 'PARTNER', keyId: 'a'.repeat(18), scopes }

const gatewaySecret = 'a secret of thirty-two characters'

/** The domain on a new store, with a simulated Portmone and a clock that stands still. */
export interface Domain {
  shareRequests: ShareRequests
  stop: Core['stop']
  /** Starts the background work of another process, after a stop. */
  restart(): void
  store: Store
  portmone: SimulatedPortmone
  clock: VirtualClock
  settings: WatcherSettings
  /** Calls of the monitor, in order: the method and the id or the error's message. */
  told: [keyof Monitor, string?][]
  /** A new share request. */
  create(): Promise<ShareRequestCredentials>
  /** A new share request that cost no upstream budget. */
  insert(): Promise<ShareRequestCredentials>
  /** Lets time pass. Whatever falls due is finished at its time. */
  pass(milliseconds: number): Promise<void>
  /** Holds calls at gates with this label. @returns a function that releases them. */
  hold(label: string): () => Promise<void>
}

export interface DomainOptions {
  watcher?: Partial<WatcherSettings>
  upstreamBudget?: number
  /** Milliseconds. */
  retention?: number
  /** Seconds. */
  lifetime?: number
}

export async function startDomain(options: DomainOptions = {}): Promise<Domain> {
  const dataDir = await mkdtemp(join(tmpdir(), 'domain-'))
  const clock = new VirtualClock()
  const store = await openSqliteStore({ dataDir, clock: clock.now, disk: instantDisk })
  const portmone = new SimulatedPortmone(clock.now)
  const settings = { ...defaultWatcherSettings, ...options.watcher }
  const held = new Map<string, Promise<void>>()
  const told: Domain['told'] = []
  const coreOptions: CoreOptions = {
    ...{ store, settings, monitor: monitorOf(told), timers: clock },
    identityService: portmone.reachedThrough(async (label) => held.get(label)),
    policies: [{ ...samplePolicy, lifetime: options.lifetime ?? samplePolicy.lifetime }],
    gatewaySecret,
    limits: { facts: async () => {} },
    createsPerMinute: 1_000_000,
    checksPerMinute: 1_000_000,
    upstreamBudget: options.upstreamBudget ?? 1_000,
    publicHost: null,
    retentionMs: options.retention ?? 86_400_000,
  }
  let core = createCore(coreOptions)
  const { shareRequests } = core
  const stop = () => core.stop()
  core.start()
  onTestFinished(async () => {
    held.clear()
    await stop()
    await store.close()
    await rm(dataDir, { recursive: true })
  })
  return {
    ...{ shareRequests, stop, store, portmone, clock, settings, told },
    restart() {
      core = createCore(coreOptions)
      core.start()
    },
    async create() {
      const input = { policy: samplePolicy.name, idempotencyKey: crypto.randomUUID() }
      const { shareRequest, clientSecret } = await shareRequests.create(customer, input)
      return { id: shareRequest.id, clientSecret }
    },
    async insert() {
      const id = randomUUID()
      const expiresAt = clock.now() + samplePolicy.lifetime * 1000
      const nextWorkAt = clock.now() + settings.unwatchedIntervalMs
      const issued = await portmone.reachedThrough(async () => {}).createRequest(samplePolicy, id)
      await store.reserve({
        ...{ id, idempotencyHash: id, inputHash: id, policy: samplePolicy, reference: null },
        ...{ createdBy: 'CUSTOMER', createdByKeyId: null, leaseMs: settings.leaseMs, limits: [] },
      })
      await store.open(id, { ...issued, expiresAt, nextWorkAt })
      return { id, clientSecret: clientSecretOf(gatewaySecret, id) }
    },
    async pass(milliseconds) {
      const end = clock.monotonicNow() + milliseconds
      await settle()
      for (let next = clock.nextTimerMs; next !== undefined; next = clock.nextTimerMs) {
        if (clock.monotonicNow() + next > end) break
        clock.advance(next)
        await settle()
      }
      clock.advance(end - clock.monotonicNow())
    },
    hold(label) {
      const { promise, resolve } = Promise.withResolvers<void>()
      held.set(label, promise)
      return async () => {
        held.delete(label)
        resolve()
        await settle()
      }
    },
  }
}

/** Milliseconds since `from` at which calls of this kind were made. */
export const callTimes = ({ portmone }: Domain, kind: UpstreamCall['kind'], from: number) =>
  portmone.calls.filter((call) => call.kind === kind).map(({ askedAt }) => askedAt - from)

/** Resolves when everything left waits for the clock or is held. The store does no asynchronous I/O. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

const monitorOf = (told: Domain['told']): Monitor => ({
  created: ({ id }) => void told.push(['created', id]),
  approvalSeen: ({ id }) => void told.push(['approvalSeen', id]),
  transition: ({ id }) => void told.push(['transition', id]),
  erased: (id) => void told.push(['erased', id]),
  lateApproval: (id) => void told.push(['lateApproval', id]),
  delivered() {},
  checkSaved: () => void told.push(['checkSaved']),
  factsRead() {},
  delayed: (id) => void told.push(['delayed', id]),
  issuerFailed: (what, id) => void told.push(['issuerFailed', `${what} ${id}`]),
  failed: (what, error) => void told.push(['failed', `${what}: ${(error as Error).message}`]),
})
