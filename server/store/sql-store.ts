import { randomUUID } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import type { ShareRequestFilter } from '../share-requests/filter.ts'
import type { PartnerKey } from '../share-requests/partner-keys.ts'
import { isTerminal, type ShareRequest } from '../share-requests/share-request.ts'
import {
  type Change,
  type ChangeCursor,
  DuplicateCode,
  type FinishedWork,
  type ListQuery,
  type Opening,
  type Reservation,
  type Reserved,
  type Store,
  StoreUnavailable,
} from '../share-requests/store.ts'
import type { Backend } from './backend.ts'
import * as changeLog from './change-log.ts'
import type { Changes } from './changes.ts'
import { recoverFromClockStep } from './clock-steps.ts'
import { withDeadline } from './deadline.ts'
import * as gateways from './gateways.ts'
import * as listing from './listing.ts'
import { checkMigrations } from './migrations.ts'
import * as partnerKeys from './partner-keys.ts'
import * as reservations from './reservations.ts'
import { shareRequestOf } from './row-mapping.ts'
import * as shareRequests from './share-requests.ts'
import type { Tables } from './tables.ts'
import type { UnsyncedWrites } from './unsynced-writes.ts'
import * as work from './work.ts'

type Trx = Transaction<Tables>

/** Load balancers wait only a few seconds for /readyz. */
const checkTimeoutMs = 2_000

const changeOf = (request: ShareRequest): Change => ({ id: request.id, version: request.version, request })

/** The Store over either database. */
export class SqlStore implements Store {
  /** Identifies this store object among all that share the database, as the holder of its leases. */
  readonly #holder = randomUUID()
  readonly #backend: Backend
  readonly #changes: Changes
  readonly #unsynced: UnsyncedWrites | null

  /**
   * @param unsynced if a commit can be read before a power cut can no longer undo it.
   */
  constructor(backend: Backend, changes: Changes, unsynced: UnsyncedWrites | null = null) {
    this.#backend = backend
    this.#changes = changes
    this.#unsynced = unsynced
  }

  now() {
    return this.#backend.now()
  }

  async reserve(reservation: Reservation): Promise<Reserved> {
    this.#backend.refuseWhenSlow()
    const { dialect, creationCounts } = this.#backend
    const reserved = await this.#write((db) =>
      reservations.reserve(db, dialect, creationCounts, reservation, this.#writer()),
    )
    if (reserved.kind === 'exists') await this.#unsynced?.synced([reserved.request.id])
    return reserved
  }

  release(id: string) {
    return this.#write((db) => reservations.release(db, id, this.#holder))
  }

  async open(id: string, { code, issuerRequestId, expiresAt, nextWorkAt }: Opening): Promise<ShareRequest> {
    const opened = await this.#change(id, async () => {
      const row = await this.#backend.transitions.open({
        ...{ id, now: this.now(), code, issuer_request_id: issuerRequestId ?? null },
        ...{ expires_at: Math.ceil(expiresAt), next_work_at: Math.ceil(nextWorkAt) },
      })
      const request = row && shareRequestOf(row)
      return { result: request, change: request && changeOf(request) }
    })
    const request = opened ?? (await this.find(id))
    if (request === null)
      throw new Error(`Reservation ${id} does not exist: it was deleted or never created.`)
    return request
  }

  async find(id: string): Promise<ShareRequest | null> {
    const found = await this.#typed(() => this.#backend.find(id))
    await this.#unsynced?.synced([id])
    return found
  }

  async findAll(ids: readonly string[]) {
    const { db, dialect } = this.#backend
    return this.#readable(await this.#typed(() => shareRequests.findAll(db, dialect, ids)))
  }

  async list(query: ListQuery) {
    return this.#readable(await this.#typed(() => listing.list(this.#backend.db, query)))
  }

  countPending(policies: readonly string[]) {
    return this.#typed(() => listing.countPending(this.#backend.db, policies))
  }

  countOutcomes(filter: ShareRequestFilter, limit: number) {
    return this.#typed(() => listing.countOutcomes(this.#backend.db, filter, limit))
  }

  countReferences(prefix: string, limit: number) {
    return this.#typed(() => listing.countReferences(this.#backend.db, prefix, limit))
  }

  async update(previous: ShareRequest, next: ShareRequest, nextWorkAt: number | null): Promise<boolean> {
    const update = shareRequests.stateUpdate(previous, next)
    if (isTerminal(next) !== (nextWorkAt === null))
      throw new RangeError(
        `${next.id} becomes ${next.state}, which does not go with nextWorkAt ${nextWorkAt}`,
      )
    return this.#change(previous.id, async () => {
      if (nextWorkAt === null) {
        const won = await this.#backend.transitions.end(update)
        return { result: won, change: won ? changeOf(next) : null }
      }
      const result = await this.#backend.transaction((trx) =>
        shareRequests.approve(trx, this.#backend.dialect, update, nextWorkAt),
      )
      return { result, change: null }
    })
  }

  claimDue({ limit, leaseMs }: { limit: number; leaseMs: number }) {
    const values = { ...this.#lease(leaseMs), limit }
    return this.#write((db) => work.claimDue(db, this.#backend.dialect, values))
  }

  async claim(id: string, { leaseMs, maxPerMinute }: { leaseMs: number; maxPerMinute: number }) {
    const values = { ...this.#lease(leaseMs), id, maxPerMinute }
    const claim = await this.#write((db) => work.claimOne(db, this.#backend.dialect, values))
    if (claim.kind === 'claimed') await this.#unsynced?.synced([id])
    return claim
  }

  finish(finished: readonly FinishedWork[]) {
    return this.#write((db) => work.finish(db, this.#backend.dialect, finished, this.#writer()))
  }

  nextWorkAt() {
    return this.#typed(() => work.nextWorkAt(this.#backend.db, this.#backend.dialect))
  }

  recoverFromClockStep(horizonMs: number) {
    return this.#relaxed((trx) => recoverFromClockStep(trx, horizonMs, this.now()))
  }

  watch(ids: readonly string[], until: number, dueBy: number) {
    return this.#write((db) => work.watch(db, this.#backend.dialect, ids, until, dueBy))
  }

  onChange(changed: (change: Change) => void, missed: () => void) {
    return this.#changes.subscribe({ changed, missed })
  }

  lastChange() {
    return this.#typed(() => changeLog.lastChange(this.#backend.db, this.#backend.dialect))
  }

  async changesAfter(cursor: ChangeCursor, limit: number) {
    const { db, dialect } = this.#backend
    const changes = await this.#typed(() => changeLog.changesAfter(db, dialect, cursor, limit))
    if (changes !== null) await this.#unsynced?.synced(changes.map(({ request }) => request.id))
    return changes
  }

  erase(id: string): Promise<boolean> {
    const backend = this.#backend
    return this.#change(id, () =>
      backend.transaction(async (trx) => {
        const version = await shareRequests.erase(trx, id)
        if (version === null) return { result: false, change: null }
        const change = { id, version }
        await backend.notify(trx, change)
        return { result: true, change }
      }),
    )
  }

  deleteBefore(time: number, limit: number): Promise<number> {
    const { dialect } = this.#backend
    return this.#relaxed((trx) => shareRequests.deleteBefore(trx, dialect, time, limit, this.now()))
  }

  fillInPassed(limit: number): Promise<number> {
    return this.#relaxed((trx) => shareRequests.fillInPassed(trx, this.#backend.dialect, limit))
  }

  async heartbeat(gatewayId: string, ttl: number): Promise<number> {
    await this.#typed(() => this.#backend.maintain())
    this.#backend.creationCounts?.prune(this.now())
    return this.#relaxed((trx) => gateways.heartbeat(trx, this.#backend.dialect, gatewayId, ttl, this.now()))
  }

  check() {
    return withDeadline(
      checkTimeoutMs,
      this.#typed(async () => {
        await checkMigrations(this.#backend.db)
        await this.#backend.transaction((trx) => gateways.probe(trx, randomUUID()))
        await this.#backend.sync()
        await this.#backend.probeNotifications()
      }),
    )
  }

  async insertPartnerKey(key: PartnerKey) {
    await this.#write((db) => partnerKeys.insertPartnerKey(db, key))
    await this.#backend.sync()
  }

  findPartnerKey(id: string) {
    return this.#typed(() => partnerKeys.findPartnerKey(this.#backend.db, id))
  }

  listPartnerKeys() {
    return this.#typed(() => partnerKeys.listPartnerKeys(this.#backend.db))
  }

  async revokePartnerKey(id: string, at: number) {
    const isKnown = await this.#write((db) => partnerKeys.revokePartnerKey(db, id, at))
    await this.#backend.sync()
    return isKnown
  }

  close() {
    return this.#backend.close()
  }

  #writer() {
    return { holder: this.#holder, now: this.now() }
  }

  #lease(leaseMs: number) {
    const writer = this.#writer()
    return { ...writer, leaseUntil: writer.now + leaseMs }
  }

  /** A write that may change the version of this share request: publishes the change when it is durable. */
  async #change<Result>(
    id: string,
    write: () => Promise<{ result: Result; change: Change | null }>,
  ): Promise<Result> {
    const typed = () => this.#typed(write)
    try {
      const { result, change } = await (this.#unsynced?.during(id, typed) ?? typed())
      if (change !== null) this.#changes.publish(change)
      return result
    } catch (error) {
      if (error instanceof StoreUnavailable) this.#backend.announcementFailed(error)
      throw error
    }
  }

  #write<Result>(write: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    return this.#typed(() => this.#backend.write(write))
  }

  #relaxed<Result>(transact: (trx: Trx) => Promise<Result>): Promise<Result> {
    return this.#typed(() => this.#backend.relaxedTransaction(transact))
  }

  /** Resolves when a power cut can no longer undo what was read. */
  async #readable(requests: ShareRequest[]): Promise<ShareRequest[]> {
    await this.#unsynced?.synced(requests.map(({ id }) => id))
    return requests
  }

  async #typed<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      if (this.#backend.isDuplicateCode(error)) throw new DuplicateCode()
      throw this.#backend.unavailable(error) ?? error
    }
  }
}
