import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createCore } from '../../../server/core.ts'
import type { Caller } from '../../../server/share-requests/caller.ts'
import { clientSecretOf } from '../../../server/share-requests/client-secret.ts'
import type { Monitor } from '../../../server/share-requests/monitor.ts'
import { readPolicies } from '../../../server/share-requests/policies.ts'
import type { ShareRequests } from '../../../server/share-requests/share-requests.ts'
import type { Store } from '../../../server/share-requests/store.ts'
import { openSqliteStore } from '../../../server/store/index.ts'
import { defaultWatcherSettings, type WatcherSettings } from '../../../server/watcher/schedule.ts'
import { instantDisk } from '../../support/instant-disk.ts'
import { policyName } from '../contestants/sample.ts'
import { SimulatedClock } from './clock.ts'
import { type Customer, lifetime } from './customers.ts'
import { CountingPortmone } from './portmone.ts'

const gatewaySecret = 'bench-gateway-secret-0123456789abcdef'
const customer: Caller = { kind: 'CUSTOMER', address: '127.0.0.1' }

/** The gateway's domain on the real SQLite store, with a simulated clock and Portmone. */
export interface World {
  clock: SimulatedClock
  store: Store
  portmone: CountingPortmone
  shareRequests: ShareRequests
  /** Milliseconds from each approval to its event at the page. */
  latencies: number[]
  start(): void
  /** Share requests that reached a terminal state. */
  ended: number
  /** Simulates a customer whose share request has been pending since `createdAt`. */
  play(id: string, createdAt: number, customer: Customer, hints: boolean): void
  /** Creates a share request as a page does. @returns its id. */
  create(): Promise<string>
  /** Creates one that is pending from now on and due at `dueAt`. @returns its id. */
  insert(dueAt: number): Promise<string>
  close(): Promise<void>
}

const samples = fileURLToPath(new URL('../../../server/share-requests/sample-policies.json', import.meta.url))
const sample = readPolicies(samples).find(({ name }) => name === policyName)!
const policy = { ...sample, lifetime: lifetime / 1_000 }

export async function openWorld(
  upstreamBudget: number,
  watcher: Partial<WatcherSettings> = {},
): Promise<World> {
  // In memory if the system has such a folder: the simulation is about the watcher, not the disk.
  const dataDir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'watcher-bench-'))
  const clock = new SimulatedClock(Date.UTC(2026, 10, 24))
  const store = await openSqliteStore({ dataDir, clock: clock.now, disk: instantDisk })
  const portmone = new CountingPortmone(clock)
  const monitor: Monitor = {
    created() {},
    approvalSeen() {},
    transition({ id }) {
      world.ended++
      portmone.end(id)
    },
    erased() {},
    lateApproval() {},
    delivered() {},
    checkSaved() {},
    factsRead() {},
    delayed() {},
    issuerFailed() {},
    failed(what, error) {
      throw new Error(what, { cause: error })
    },
  }
  const core = createCore({
    ...{ store, identityService: portmone, policies: [policy], gatewaySecret, monitor, upstreamBudget },
    limits: { async facts() {} },
    createsPerMinute: 1_000_000,
    checksPerMinute: 1_000_000,
    settings: { ...defaultWatcherSettings, ...watcher },
    publicHost: null,
    retentionMs: 30 * 86_400_000,
    timers: clock,
  })
  const { shareRequests } = core
  const handleOf = (id: string) => ({ id, clientSecret: clientSecretOf(gatewaySecret, id) })

  async function follow(id: string, approvedAt: number, until: number): Promise<void> {
    const follower = await shareRequests.subscribe(customer, handleOf(id))
    clock.at(until, () => void follower.return())
    for await (const request of follower)
      if (request.state === 'APPROVED') world.latencies.push(clock.now() - approvedAt)
  }

  const world: World = {
    ...{ clock, store, portmone, shareRequests, latencies: [], ended: 0, start: core.start },
    play(id, createdAt, { answer, answersAfter, followsFor, sdkDelay }, hints) {
      const answersAt = createdAt + answersAfter
      const closesAt = createdAt + followsFor
      if (answer !== null)
        clock.at(answersAt, () => {
          portmone.answer(id, answer)
          if (!hints || closesAt <= answersAt || answer !== 'APPROVED') return
          clock.at(answersAt + sdkDelay, () => void shareRequests.check(customer, handleOf(id)))
        })
      if (closesAt > clock.now()) void follow(id, answersAt, closesAt)
    },
    async create() {
      const input = { policy: policy.name, idempotencyKey: randomUUID() }
      return (await shareRequests.create(customer, input)).shareRequest.id
    },
    async insert(dueAt) {
      const id = randomUUID()
      const hashes = { idempotencyHash: id, inputHash: id }
      await store.reserve({
        ...{ id, ...hashes, policy, reference: null },
        ...{ createdBy: 'CUSTOMER', createdByKeyId: null, leaseMs: 1, limits: [] },
      })
      await store.open(id, { code: id, expiresAt: clock.now() + lifetime, nextWorkAt: dueAt })
      portmone.begin(id)
      return id
    },
    async close() {
      const stopped = core.stop()
      await clock.runUntil(clock.now() + 1_000)
      await stopped
      await store.close()
      rmSync(dataDir, { recursive: true })
    },
  }
  return world
}
