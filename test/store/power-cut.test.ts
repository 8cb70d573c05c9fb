import { randomInt } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { ShareRequest } from '../../server/share-requests/share-request.ts'
import type { Store } from '../../server/share-requests/store.ts'
import type { CheckpointStep } from '../../server/store/checkpoint.ts'
import { type Disk, openDisk } from '../../server/store/disk.ts'
import { openSqliteStore } from '../../server/store/index.ts'
import { randomFrom } from '../crash/process.ts'
import { cancelled, endsOf, minute, pending, temporaryFolder } from './harness.ts'

/** Set POWER_CUT_SEED to repeat a run's random choices. */
const seed = Number(process.env.POWER_CUT_SEED ?? randomInt(2 ** 31))
const cuts = 200

/** A real disk, and what a power cut would leave of it. */
class CuttableDisk implements Disk {
  readonly #file: string
  readonly #disk: Disk
  readonly #random: () => number
  /** The log as the last completed sync left it. */
  #synced: Buffer = Buffer.alloc(0)
  #checkpoint: CheckpointStep | null = null
  /** The header of the log when the checkpoint began: another one if SQLite has restarted the log since. */
  #checkpointFrom: Buffer = Buffer.alloc(0)

  constructor(file: string, random: () => number) {
    this.#file = file
    this.#disk = openDisk(file)
    this.#random = random
  }

  readonly sync = async (fd: number) => {
    const log = this.#readLog()
    await this.#disk.sync(fd)
    // Longer than a real sync, so that cuts find many uncovered writes.
    await delay(this.#random() * 4)
    if (headerOf(log).equals(headerOf(this.#readLog()))) this.#synced = log
  }

  gather() {
    return this.#disk.gather()
  }

  async checkpoint(step: CheckpointStep): Promise<boolean> {
    this.#checkpoint = step
    this.#checkpointFrom = headerOf(this.#readLog())
    const done = await this.#disk.checkpoint(step)
    if (step === 'restart') {
      if (done) this.#synced = this.#readLog()
      // Until then, a cut may leave the database as it was before, with the log.
      this.keepDatabase()
      this.#checkpoint = null
    }
    return done
  }

  close() {
    return this.#disk.close()
  }

  /** Keeps a copy of the database file, which only checkpoints write to. */
  keepDatabase(): void {
    copyFileSync(this.#file, `${this.#file}-kept`)
  }

  /** Writes to `folder` what the disk may hold if the power is cut now. @returns what was cut. */
  cut(folder: string): 'log' | 'checkpoint' {
    mkdirSync(folder)
    const copy = join(folder, 'gateway.db')
    const log = this.#readLog()
    if (this.#checkpoint === null) {
      copyFileSync(this.#file, copy)
      writeFileSync(`${copy}-wal`, this.#tear(log))
      return 'log'
    }
    // SQLite syncs the log before it writes to the database. Those writes may be on the disk in part, or not at all.
    const isRestarted = !headerOf(log).equals(this.#checkpointFrom)
    copyFileSync(isRestarted || this.#random() < 0.5 ? this.#file : `${this.#file}-kept`, copy)
    writeFileSync(`${copy}-wal`, log)
    return 'checkpoint'
  }

  /** The log without some, or all, of what was written since the last sync. */
  #tear(log: Buffer): Buffer {
    if (this.#random() < 0.5) return this.#synced
    const before = Buffer.alloc(log.length)
    this.#synced.copy(before)
    const blocks = Array.from({ length: Math.ceil(log.length / 512) }, (_, index) => index * 512)
    const written = blocks.filter((at) => !before.subarray(at, at + 512).equals(log.subarray(at, at + 512)))
    const first = this.#random() < 0.5 ? Math.floor(this.#random() * written.length) : null
    for (const [index, at] of written.entries())
      if (first === null ? this.#random() < 0.3 : index >= first) before.copy(log, at, at, at + 512)
    return log
  }

  /** All of it before SQLite restarts it, or after that. */
  #readLog(): Buffer {
    for (;;) {
      const log = readFileSync(`${this.#file}-wal`)
      if (headerOf(log).equals(headerOf(readFileSync(`${this.#file}-wal`)))) return log
    }
  }
}

/** The part of the log that says which restart it follows. */
const headerOf = (log: Buffer) => log.subarray(0, 32)

/** Every version that a caller was told about. */
class Told {
  readonly versions = new Map<string, ShareRequest>()

  note(request: ShareRequest | null): void {
    if (request !== null && request.version > (this.versions.get(request.id)?.version ?? 0))
      this.versions.set(request.id, request)
  }
}

/** Callers one after the other until `isOver`: each creates, reads and ends a share request as the watcher does. */
async function work(store: Store, told: Told, random: () => number, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const request = await pending(store)
    told.note(request)
    await store.claim(request.id, { leaseMs: minute, maxPerMinute: 1 })
    const ends = [...endsOf(request, store.now()), cancelled(request, store.now())]
    const end = ends[Math.floor(random() * ends.length)]!
    const updated = store.update(request, end, null).then((won) => told.note(won ? end : null))
    // Reads queue behind the update on the only connection, so they see its write.
    const read = store.find(request.id).then((found) => told.note(found))
    await Promise.all([updated, read])
  }
}

/** Opens the database that a cut left. */
function expectTold(folder: string, told: ReadonlyMap<string, ShareRequest>): void {
  const database = new DatabaseSync(join(folder, 'gateway.db'))
  try {
    expect(database.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    const rows = database.prepare('select id, state, version from share_requests').all()
    const states = new Map(rows.map(({ id, state, version }) => [id, { state, version: Number(version) }]))
    const lost = [...told.values()].filter(({ id, state, version }) => {
      const kept = states.get(id)
      return kept === undefined || kept.version < version || (version === 2 && kept.state !== state)
    })
    expect(lost).toEqual([])
  } finally {
    database.close()
  }
}

test(`after a power cut at any moment, all that was told is there (POWER_CUT_SEED=${seed})`, {
  timeout: 180_000,
}, async () => {
  const random = randomFrom(seed)
  const done = { log: 0, checkpoint: 0 }
  let versions = 0
  while (done.log < cuts || done.checkpoint < 10) {
    const folder = await temporaryFolder()
    const disk = new CuttableDisk(join(folder, 'gateway.db'), random)
    const store = await openSqliteStore({ dataDir: folder, disk: () => disk, checkpointBytes: 300_000 })
    disk.keepDatabase()
    const told = new Told()
    store.onChange(
      ({ request }) => told.note(request ?? null),
      () => {},
    )
    let isOver = false
    const working = Promise.all(Array.from({ length: 16 }, () => work(store, told, random, () => isOver)))
    try {
      // A new store every few cuts, because a small one is copied faster.
      for (let cut = 0; cut < 25; cut++) {
        await delay(random() * 15)
        const left = join(folder, `cut-${cut}`)
        done[disk.cut(left)]++
        expectTold(left, told.versions)
        rmSync(left, { recursive: true })
      }
    } finally {
      isOver = true
      await working
      await store.close()
    }
    versions += told.versions.size
  }
  expect(versions).toBeGreaterThan(cuts)
})
