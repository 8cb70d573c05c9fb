import { onTestFinished } from 'vitest'
import { openDisk } from '../../server/store/disk.ts'
import { openSqliteStore } from '../../server/store/index.ts'
import { temporaryFolder } from './harness.ts'

/** A disk whose syncs the test completes, and everything that happened, in order. */
export class HeldDisk {
  readonly events: string[] = []
  #held: PromiseWithResolvers<void>[] | null = null
  #onSync = () => {}

  readonly sync = async () => {
    this.events.push('sync')
    this.#onSync()
    if (this.#held === null) return
    const held = Promise.withResolvers<void>()
    this.#held.push(held)
    await held.promise
  }

  /** From now on the test must complete every sync. */
  hold(): void {
    this.#held = []
    this.events.length = 0
  }

  /** Resolves when the next sync has begun. */
  begun(): Promise<void> {
    return new Promise((resolve) => {
      this.#onSync = resolve
    })
  }

  complete(): void {
    this.events.push('synced')
    for (const { resolve } of this.#held?.splice(0) ?? []) resolve()
  }

  release(): void {
    this.complete()
    this.#held = null
  }

  fail(error: Error): void {
    for (const { reject } of this.#held?.splice(0) ?? []) reject(error)
  }

  /** Notes when `promise` resolves. */
  note<Result>(event: string, promise: Promise<Result>): Promise<Result> {
    return promise.finally(() => this.events.push(event))
  }
}

export async function openOnHeldDisk() {
  const disk = new HeldDisk()
  const dataDir = await temporaryFolder()
  const store = await openSqliteStore({ dataDir, disk: (file) => ({ ...openDisk(file), sync: disk.sync }) })
  onTestFinished(async () => {
    disk.release()
    await store.close()
  })
  return { store, disk, dataDir }
}
