import { type ContestantName, startContestant } from '../contestants/index.ts'
import type { LoadHandlers } from '../load/main.ts'
import type { Child } from '../process/child.ts'
import type { Measure } from './results.ts'

export interface HttpOptions {
  creates: number
  reads: number
  /** Keep-alive connections, each with one request at a time. */
  connections: number
}

/** Throughput and CPU of the two most frequent operations over HTTP. */
export async function measureHttp(
  name: ContestantName,
  load: Child<LoadHandlers>,
  { creates, reads, connections }: HttpOptions,
): Promise<Partial<Record<Measure, number>>> {
  const { url, server, sendBy, stop } = await startContestant(name)
  try {
    await load.call('aim', url, connections, sendBy)
    // Warm-up: V8 needs about 60,000 requests to optimise the code as in a server that runs for hours.
    const { handles } = await load.call('create', creates)
    await load.call('read', handles, 6 * reads)

    const atCreates = await server.call('probeCpu')
    const created = await load.call('create', creates)
    const atReads = await server.call('probeCpu')
    const read = await load.call('read', created.handles, reads)
    const atEnd = await server.call('probeCpu')
    return {
      createsPerSecond: creates / created.seconds,
      cpuPerCreate: (atReads - atCreates) / creates,
      readsPerSecond: reads / read.seconds,
      cpuPerRead: (atEnd - atReads) / reads,
    }
  } finally {
    await stop()
  }
}
