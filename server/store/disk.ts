import { randomUUID } from 'node:crypto'
import { fdatasync } from 'node:fs'
import { open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { CheckpointStep } from './checkpoint.ts'
import type { CheckpointReply } from './checkpoint-worker.ts'

/** The disk operations of the embedded store, off the event loop. */
export interface Disk {
  /** Resolves when this turn of the event loop ends: writes at the same time share a commit, and commits a sync. */
  gather(): Promise<void>
  /** Resolves when everything written to this file before the call survives a power cut. */
  sync(fd: number): Promise<void>
  /** Resolves with whether the step was completed. */
  checkpoint(step: CheckpointStep): Promise<boolean>
  close(): Promise<void>
}

/** The disk under this database file. */
export function openDisk(file: string): Disk {
  let worker: CheckpointWorker | undefined
  return {
    gather: () => nextTurn(),
    sync: promisify(fdatasync),
    checkpoint(step) {
      // Started on first use: a gateway starts faster without it, and a quiet one never needs it.
      worker ??= new CheckpointWorker(file)
      return worker.run(step)
    },
    async close() {
      await worker?.close()
    },
  }
}

class CheckpointWorker {
  readonly #worker: Worker

  constructor(file: string) {
    const script = new URL('./checkpoint-worker.ts', import.meta.url)
    this.#worker = new Worker(script, { workerData: file, execArgv: [] })
    this.#worker.unref()
  }

  /** One call at a time. */
  run(step: CheckpointStep): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>()
    const onMessage = (reply: CheckpointReply) =>
      'error' in reply ? reject(reply.error) : resolve(reply.done)
    const onExit = () => reject(new Error('The checkpoint worker ended early.'))
    const worker = this.#worker.on('message', onMessage).on('error', reject).on('exit', onExit)
    worker.ref()
    worker.postMessage(step)
    return promise.finally(() => {
      worker.off('message', onMessage).off('error', reject).off('exit', onExit)
      worker.unref()
    })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}

/** Milliseconds that the disk takes for one small write: the median of several, to a file that exists only meanwhile. */
export async function measureSyncMs(folder: string): Promise<number> {
  const path = join(folder, `disk-check-${randomUUID()}`)
  const file = await open(path, 'wx', 0o600)
  try {
    const times: number[] = []
    for (let round = 0; round < 5; round++) {
      const begin = performance.now()
      await file.write(Buffer.alloc(4_096))
      await file.datasync()
      times.push(performance.now() - begin)
    }
    return times.sort((a, b) => a - b)[2]!
  } finally {
    await file.close()
    await unlink(path)
  }
}
