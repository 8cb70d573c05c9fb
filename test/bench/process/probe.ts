/**
 * Loaded with `--import` into every measured process, so that all are measured in the same way without extra code.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { answerParent } from './rpc.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const probe = {
  /** Microseconds of CPU, user and system, that this process has used since it began. */
  probeCpu(): number {
    const { user, system } = process.cpuUsage()
    return user + system
  },
  /** Resident bytes after garbage collection. */
  async probeMemory(): Promise<number> {
    for (let round = 0; round < 3; round++) {
      collectGarbage()
      await pause(100)
    }
    return process.memoryUsage.rss()
  },
}

export type Probe = typeof probe

answerParent(probe)
