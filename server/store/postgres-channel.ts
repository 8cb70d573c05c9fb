import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import { Client, type ClientConfig, type Notification } from 'pg'
import { type Change, StoreUnavailable } from '../share-requests/store.ts'
import type { Changes } from './changes.ts'
import { connectionRefused } from './postgres-errors.ts'
import type { Tables } from './tables.ts'

/** PostgreSQL's NOTIFY channel. A payload has three words: sender, ID, version. */
const channelName = 'share_request_changes'

/** Milliseconds between attempts to reconnect: doubled each time, less a random part so that gateways spread. */
const minReconnectDelayMs = 100
const maxReconnectDelayMs = 5_000

const probeTimeoutMs = 1_500

export const notificationsLost =
  'Notifications do not arrive, so gateways cannot tell each other of changes. A connection pooler in front of ' +
  'PostgreSQL must pool by session, not by transaction; or point DATABASE_URL at PostgreSQL itself.'

/** Milliseconds between checks of the connection. */
const verifyIntervalMs = 5_000

/**
 * Announces changes between gateways, on a dedicated connection. A gateway does not receive its own announcements. After
 * a reconnect, changes may have been missed: it calls `changes.missed()`.
 */
export class PostgresChannel {
  readonly #config: ClientConfig
  readonly #changes: Changes
  readonly #sender = randomUUID()
  readonly #probeName = `portmone_probe_${randomUUID().replaceAll('-', '')}`
  readonly #probes = new EventEmitter().setMaxListeners(0)
  readonly #closing = new AbortController()
  #client: Client | null = null
  #verifying: NodeJS.Timeout | undefined
  #listening: Promise<void> = Promise.resolve()

  constructor(config: ClientConfig, changes: Changes) {
    this.#config = config
    this.#changes = changes
  }

  /** Resolves when changes arrive. Rejects with a StoreUnavailable if the database is unreachable. */
  async open(): Promise<void> {
    try {
      const connection = await this.#connect()
      this.#listening = this.#listen(connection)
      this.#verifying = setInterval(() => this.#verify(), verifyIntervalMs).unref()
    } catch (error) {
      throw connectionRefused(error)
    }
  }

  /** Notifies the other gateways when `trx` commits. */
  async notify(trx: Transaction<Tables>, { id, version }: Change): Promise<void> {
    await sql`select ${this.notification(sql.val(id), sql.val(version))}`.execute(trx)
  }

  /** The call that notifies the other gateways when its statement commits. */
  notification(id: RawBuilder<string>, version: RawBuilder<number>): RawBuilder<unknown> {
    return sql`pg_notify(${sql.lit(channelName)}, concat_ws(' ', ${sql.lit(this.#sender)}, ${id}::text, ${version}::int))`
  }

  /** Rejects with a StoreUnavailable if a notification that `db` sends does not arrive. */
  async probe(db: Kysely<Tables>): Promise<void> {
    const arrival = once(this.#probes, 'arrival', { signal: AbortSignal.timeout(probeTimeoutMs) })
    try {
      await Promise.all([arrival, sql`select pg_notify(${this.#probeName}, '')`.execute(db)])
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'AbortError') throw error
      throw new StoreUnavailable('UNREACHABLE', notificationsLost, { cause: error })
    }
  }

  /** Reconnects, because a change may have been missed. */
  renew(): void {
    void this.#client?.end()
  }

  /** Replaces a connection that is dead but not closed. */
  #verify(): void {
    this.#client?.query('select 1').catch(() => this.renew())
  }

  async close(): Promise<void> {
    this.#closing.abort()
    clearInterval(this.#verifying)
    this.renew()
    await this.#listening
  }

  async #listen(connection: { ended: Promise<void> } | null): Promise<void> {
    while (connection !== null) {
      await connection.ended
      connection = await this.#reconnect()
      if (connection !== null) this.#changes.missed()
    }
  }

  /** @returns null when the channel is being closed. */
  async #reconnect(): Promise<{ ended: Promise<void> } | null> {
    const { signal } = this.#closing
    for (let pause = minReconnectDelayMs; ; pause = Math.min(2 * pause, maxReconnectDelayMs)) {
      try {
        await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal })
        return await this.#connect()
      } catch {
        if (signal.aborted) return null
      }
    }
  }

  async #connect(): Promise<{ ended: Promise<void> }> {
    const client = new Client(this.#config)
    const ended = new Promise<void>((resolve) => client.once('end', resolve))
    // Every error is followed by "end", which is handled.
    client.on('error', () => {})
    client.on('notification', (notification) => this.#onNotification(notification))
    try {
      await client.connect()
      await client.query(`listen ${channelName}; listen ${this.#probeName}`)
      this.#closing.signal.throwIfAborted()
    } catch (error) {
      void client.end()
      throw error
    }
    this.#client = client
    return { ended }
  }

  #onNotification({ channel, payload = '' }: Notification): void {
    if (channel === this.#probeName) return void this.#probes.emit('arrival')
    const [sender, id, version] = payload.split(' ')
    if (id === undefined || sender === this.#sender) return
    this.#changes.publish({ id, version: Number(version) })
  }
}
