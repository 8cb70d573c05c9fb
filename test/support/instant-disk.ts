import { Checkpointer } from '../../server/store/checkpoint.ts'
import type { Disk } from '../../server/store/disk.ts'

/** A disk that syncs at once, so that a store never leaves the current turn of the event loop. */
export function instantDisk(file: string): Disk {
  let checkpointer: Checkpointer | undefined
  return {
    gather: async () => {},
    sync: async () => {},
    async checkpoint(step) {
      checkpointer ??= new Checkpointer(file, 0)
      return checkpointer.run(step)
    },
    async close() {
      checkpointer?.close()
    },
  }
}
