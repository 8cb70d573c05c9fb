import { type ContestantName, startContestant } from '../contestants/index.ts'
import type { LoadHandlers } from '../load/main.ts'
import type { Handle } from '../operations.ts'
import type { Child } from '../process/child.ts'
import { percentiles } from '../statistics.ts'
import type { Measure } from './results.ts'

export interface SocketOptions {
  sockets: number
  /** Share requests that these sockets follow, each by an equal number of them. */
  followed: number
  /** Additional sockets that follow one share request each. Their transitions come one at a time. */
  singles: number
}

/**
 * Memory and CPU of many sockets with one subscription each, and of their events. Transitions are real: the customer
 * approves in Portmone's sandbox, the page sends a hint, and the gateway checks the status, fetches the facts, evaluates
 * the policy and writes the transition to its store. Many sockets follow a few share requests, so that delivery
 * dominates; the server still checks a secret, executes a document and writes a message for each of them. Then some
 * sockets follow one share request each: these give the CPU per check, upstream calls and store included, and the
 * latency of events.
 */
export async function measureSockets(
  name: ContestantName,
  load: Child<LoadHandlers>,
  { sockets, followed, singles }: SocketOptions,
): Promise<Partial<Record<Measure, number>>> {
  const contestant = await startContestant(name)
  const { url, server, sendBy } = contestant
  try {
    await load.call('aim', url, 4, sendBy)
    const approve = async (handles: Handle[]) => {
      for (const handle of handles) {
        await contestant.approve([handle.code])
        await load.call('check', [handle])
      }
      return load.call(
        'completed',
        handles.map(({ id }) => id),
      )
    }
    const create = async (count: number) => (await load.call('create', count)).handles

    const open = (handles: Handle[], count: number) => load.call('openSockets', url, handles, count, sendBy)

    // The code is loaded, but there is little free heap that the sockets could use unnoticed.
    const few = await create(2)
    await open(few, 200)
    await approve(few)
    await load.call('closeSockets')

    const cold = await create(followed)
    const idle = await server.call('probeMemory')
    await open(cold, sockets)
    const full = await server.call('probeMemory')
    await approve(cold)
    await load.call('closeSockets')

    // V8 needs some thousand checks to optimise their code as in a server that runs for hours.
    for (let round = 0; round < 10; round++) {
      const warmUp = await create(singles)
      await open(warmUp, singles)
      await approve(warmUp)
      await load.call('closeSockets')
    }

    const many = await create(followed)
    const one = await create(singles)
    const beforeOpening = await server.call('probeCpu')
    await open(many, sockets)
    const opened = await server.call('probeCpu')

    await open(one, singles)
    const beforeSingles = await server.call('probeCpu')
    const { p50, p99 } = percentiles(await approve(one))
    const afterSingles = await server.call('probeCpu')

    const beforeMany = await server.call('probeCpu')
    const events = (await approve(many)).length
    const afterMany = await server.call('probeCpu')
    if (events !== sockets) throw new Error(`${events} of ${sockets} events came.`)
    await load.call('closeSockets')
    return {
      memoryPerSubscription: (full - idle) / sockets,
      cpuPerSubscription: (opened - beforeOpening) / sockets,
      cpuPerEvent: (afterMany - beforeMany) / events,
      latencyP50: p50,
      latencyP99: p99,
      cpuPerVerification: (afterSingles - beforeSingles) / singles,
    }
  } finally {
    await contestant.stop()
  }
}
