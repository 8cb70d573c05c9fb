import { randomUUID } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { PartnerKey } from '../share-requests/partner-keys.ts'
import type { PendingShareRequest, ShareRequest } from '../share-requests/share-request.ts'
import {
  type Change,
  type ListQuery,
  type Opening,
  type Reservation,
  type Reserved,
  type Schedule,
  type Store,
  StoreUnavailable,
} from '../share-requests/store.ts'
import type { Backend } from './backend.ts'
import type { Changes } from './changes.ts'
import * as gateways from './gateways.ts'
import { checkMigrations } from './migrations.ts'
import * as partnerKeys from './partner-keys.ts'
import type { ReadCache } from './read-cache.ts'
import * as shareRequests from './share-requests.ts'
import type { Tables } from './tables.ts'
import * as work from './work.ts'

type Trx = Transaction<Tables>

const changeOf = (request: ShareRequest): Change => ({ id: request.id, version: request.version, request })

/** The Store over either database. */
export class SqlStore implements Store {
  /** Names this store object among all that share the database, as the holder of its leases. */
  readonly #holder = randomUUID()
  readonly #backend: Backend
  readonly #changes: Changes
  readonly #cache: ReadCache | null

  /** @param cache only where no other store object writes into the database. */
  constructor(backend: Backend, changes: Changes, cache: ReadCache | null = null) {
    this.#backend = backend
    this.#changes = changes
    this.#cache = cache
    if (cache !== null) changes.subscribe({ changed() {}, missed: () => cache.written() })
  }

  now() {
    return this.#backend.now()
  }

  reserve(reservation: Reservation): Promise<Reserved> {
    return this.#typed(() => shareRequests.reserve(this.#backend.db, reservation, this.#writer()))
  }

  release(id: string) {
    return this.#typed(() => shareRequests.release(this.#backend.db, id, this.#holder))
  }

  async open(id: string, opening: Opening): Promise<ShareRequest> {
    const opened = await this.#change(id, async (trx) => {
      const request = await shareRequests.open(trx, id, opening, this.now())
      return { result: request, change: request && changeOf(request) }
    })
    const request = opened ?? (await this.find(id))
    if (request === null) throw new Error(`There is no reservation ${id}: it was deleted, or never made.`)
    return request
  }

  find(id: string): Promise<ShareRequest | null> {
    const read = () => this.#typed(() => shareRequests.find(this.#backend.db, id))
    return this.#cache === null ? read() : this.#cache.find(id, read)
  }

  findAll(ids: readonly string[]) {
    return this.#typed(() => shareRequests.findAll(this.#backend.db, this.#backend.dialect, ids))
  }

  list(query: ListQuery) {
    return this.#typed(() => shareRequests.list(this.#backend.db, query))
  }

  countPending(policies: readonly string[]) {
    return this.#typed(() => shareRequests.countPending(this.#backend.db, policies))
  }

  update(previous: ShareRequest, next: ShareRequest, nextWorkAt: number | null): Promise<boolean> {
    return this.#change(previous.id, async (trx) => {
      const won = await shareRequests.update(trx, previous, next, nextWorkAt)
      return { result: won, change: won && next.version !== previous.version ? changeOf(next) : null }
    })
  }

  claimDue({ limit, ...claim }: { limit: number; lease: number; next: Schedule }) {
    return this.#relaxed((trx) =>
      work.claimDue(trx, this.#backend.dialect, limit, { ...claim, ...this.#writer() }),
    )
  }

  claim(id: string, claim: { lease: number; next: Schedule }): Promise<PendingShareRequest | null> {
    return this.#relaxed((trx) =>
      work.claimOne(trx, this.#backend.dialect, id, { ...claim, ...this.#writer() }),
    )
  }

  finish(finished: readonly { id: string; nextWorkAt?: number }[]) {
    return this.#relaxed((trx) => work.finish(trx, this.#backend.dialect, finished, this.#holder))
  }

  nextWorkAt() {
    return this.#typed(() => work.nextWorkAt(this.#backend.db))
  }

  watch(ids: readonly string[], until: number, dueBy: number) {
    return this.#relaxed((trx) => work.watch(trx, this.#backend.dialect, ids, until, dueBy))
  }

  onChange(changed: (change: Change) => void, missed: () => void) {
    return this.#changes.subscribe({ changed, missed })
  }

  erase(id: string): Promise<boolean> {
    return this.#change(id, async (trx) => {
      const version = await shareRequests.erase(trx, id)
      return { result: version !== null, change: version === null ? null : { id, version } }
    })
  }

  async deleteBefore(time: number, limit: number): Promise<number> {
    const { db, dialect } = this.#backend
    let deleted: number | undefined
    try {
      deleted = await this.#typed(() => shareRequests.deleteBefore(db, dialect, time, limit, this.now()))
      return deleted
    } finally {
      if (deleted !== 0) this.#cache?.written()
    }
  }

  async heartbeat(gatewayId: string, ttl: number): Promise<number> {
    await this.#typed(() => this.#backend.maintain())
    return this.#relaxed((trx) => gateways.heartbeat(trx, this.#backend.dialect, gatewayId, ttl, this.now()))
  }

  check() {
    return this.#typed(async () => {
      await checkMigrations(this.#backend.db)
      await this.#backend.db.transaction().execute((trx) => gateways.probe(trx, randomUUID()))
      await this.#backend.probeNotifications()
    })
  }

  insertPartnerKey(key: PartnerKey) {
    return this.#typed(() => partnerKeys.insertPartnerKey(this.#backend.db, key))
  }

  findPartnerKey(id: string) {
    return this.#typed(() => partnerKeys.findPartnerKey(this.#backend.db, id))
  }

  listPartnerKeys() {
    return this.#typed(() => partnerKeys.listPartnerKeys(this.#backend.db))
  }

  revokePartnerKey(id: string, at: number) {
    return this.#typed(() => partnerKeys.revokePartnerKey(this.#backend.db, id, at))
  }

  close() {
    return this.#backend.close()
  }

  #writer() {
    return { holder: this.#holder, now: this.now() }
  }

  /** A transaction that may change the version of this share request: publishes the change when it is durable. */
  async #change<Result>(
    id: string,
    transact: (trx: Trx) => Promise<{ result: Result; change: Change | null }>,
  ): Promise<Result> {
    const { db } = this.#backend
    let announced = false
    try {
      const { result, change } = await this.#typed(() =>
        db.transaction().execute(async (trx) => {
          const outcome = await transact(trx)
          if (outcome.change === null) return outcome
          announced = true
          await this.#backend.notify(trx, outcome.change)
          return outcome
        }),
      ).finally(() => this.#cache?.written(id))
      if (change !== null) this.#changes.publish(change)
      return result
    } catch (error) {
      if (announced && error instanceof StoreUnavailable) this.#backend.notificationMayBeLost()
      throw error
    }
  }

  #relaxed<Result>(transact: (trx: Trx) => Promise<Result>): Promise<Result> {
    return this.#typed(() => this.#backend.withoutFsync(transact))
  }

  async #typed<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      throw this.#backend.unavailable(error) ?? error
    }
  }
}
