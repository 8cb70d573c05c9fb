import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished } from 'vitest'
import type { Policy } from '../../server/share-requests/policies.ts'
import type { PendingShareRequest, ShareRequest } from '../../server/share-requests/share-request.ts'
import {
  type Change,
  type ListQuery,
  type Reservation,
  type Store,
  StoreUnavailable,
} from '../../server/share-requests/store.ts'
import { openSqliteStore } from '../../server/store/index.ts'
import { openPostgresStore } from '../../server/store/postgres.ts'
import { type PostgresServer, query } from '../support/postgres.ts'

/** A new, empty store for one test. Everything that the test opens is closed and removed after it. */
export interface StoreHarness {
  store: Store
  /** Opens another store on the same data, as another gateway or a command-line tool does. */
  another(): Promise<Store>
  /** One that works concurrently with `store`: a second store if the database allows several gateways. */
  rival(): Promise<Store>
  /** Runs a statement past the store, as a gateway of another version may. */
  execute(statement: string): Promise<void>
  clock: TestClock
}

/**
 * Runs like the real one unless the test changes it. A store on PostgreSQL sets its clock by the database when it is
 * opened and at each heartbeat, which undoes the test's changes for that store.
 */
export class TestClock {
  #ahead = 0
  #frozenAt: number | null = null
  readonly now = () => this.#frozenAt ?? Date.now() + this.#ahead

  advance(milliseconds: number): void {
    if (this.#frozenAt === null) this.#ahead += milliseconds
    else this.#frozenAt += milliseconds
  }

  freeze(): void {
    this.#frozenAt = this.now()
  }
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'portmone-store-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Closes the store at the end of the test, unless the test has done so. */
export function closedAfterTest(store: Store): Store {
  onTestFinished(() => store.close())
  return store
}

/** The typed error that `opening` rejects with. */
export async function refusal(opening: Promise<Store>): Promise<StoreUnavailable> {
  const error = await opening.then(closedAfterTest).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(StoreUnavailable)
  return error as StoreUnavailable
}

export async function sqliteHarness(): Promise<StoreHarness> {
  const dataDir = await temporaryFolder()
  const clock = new TestClock()
  const store = closedAfterTest(await openSqliteStore({ dataDir, clock: clock.now }))
  return {
    store,
    clock,
    another: async () =>
      closedAfterTest(await openSqliteStore({ dataDir, clock: clock.now, exclusive: false })),
    rival: async () => store,
    async execute(statement) {
      const database = new DatabaseSync(join(dataDir, 'gateway.db'), { timeout: 5_000 })
      database.exec(statement)
      database.close()
    },
  }
}

export async function postgresHarness(server: PostgresServer): Promise<StoreHarness> {
  const url = await server.createDatabase()
  const clock = new TestClock()
  const another = async () => closedAfterTest(await openPostgresStore({ url, monotonicNow: clock.now }))
  const execute = async (statement: string) => void (await query(url, statement))
  return { store: await another(), clock, another, rival: another, execute }
}

export const policy: Policy = {
  name: 'age-over-18',
  access: 'PUBLIC',
  purpose: 'To sell you what only adults may buy',
  facts: ['DATE_OF_BIRTH'],
  checks: [{ name: 'age-over-18', ageOver: 18 }],
  lifetime: 300,
}

export const minute = 60_000

export function reservation(changes: Partial<Reservation> = {}): Reservation {
  return {
    id: randomUUID(),
    idempotencyHash: randomUUID(),
    inputHash: 'the input',
    policy,
    reference: null,
    createdBy: 'CUSTOMER',
    createdByKeyId: null,
    leaseMs: minute,
    limits: [],
    ...changes,
  }
}

export const opening = (store: Store, nextWorkAt = store.now()) => ({
  code: `https://portmone.example/c/${randomUUID()}`,
  issuerRequestId: 'share-1',
  expiresAt: store.now() + 5 * minute,
  nextWorkAt,
})

/** A query for all share requests. */
export const everything: ListQuery = { first: 100, after: null, policy: null, reference: null, states: null }

/** A new pending share request whose check is due now or at `nextWorkAt`. */
export async function pending(
  store: Store,
  { nextWorkAt, ...changes }: Partial<Reservation> & { nextWorkAt?: number } = {},
): Promise<PendingShareRequest> {
  const reserved = reservation(changes)
  await store.reserve(reserved)
  const request = await store.open(reserved.id, opening(store, nextWorkAt))
  if (request.state !== 'PENDING') throw new Error(`it was opened as ${request.state}`)
  return request
}

const changed = (request: PendingShareRequest, now: number) => {
  const { approvedAt: _, ...common } = request
  return { ...common, version: request.version + 1, changedAt: now }
}

export const cancelled = (request: PendingShareRequest, now: number): ShareRequest => ({
  ...changed(request, now),
  state: 'CANCELLED',
})

/** Every terminal state that `request` can reach. */
export const endsOf = (request: PendingShareRequest, now: number): ShareRequest[] => {
  const outcome = { passed: false, checks: [{ name: 'age-over-18', verdict: 'UNDECIDABLE' as const }] }
  return [
    { ...changed(request, now), state: 'APPROVED', approvedAt: now - 5, outcome },
    { ...changed(request, now), state: 'DECLINED' },
    { ...changed(request, now), state: 'EXPIRED' },
    cancelled(request, now),
    { ...changed(request, now), state: 'FAILED', reason: 'FACTS_UNAVAILABLE', retryable: true },
    { ...changed(request, now), state: 'FAILED', reason: 'REJECTED_BY_PORTMONE', retryable: false },
  ]
}

/** Everything that a store tells its listeners, in order. `next` resolves with the first that was not read yet. */
export class Heard {
  readonly all: (Change | 'missed')[] = []
  #taken = 0
  #wake: (() => void) | null = null

  constructor(store: Store) {
    const hear = (what: Change | 'missed') => {
      this.all.push(what)
      this.#wake?.()
    }
    onTestFinished(
      store.onChange(
        (change) => hear(change),
        () => hear('missed'),
      ),
    )
  }

  async next(): Promise<Change | 'missed'> {
    while (this.all.length === this.#taken)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    return this.all[this.#taken++]!
  }
}
