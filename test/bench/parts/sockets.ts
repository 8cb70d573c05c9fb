import { type ContestantName, startContestant } from '../contestants/index.ts'
import type { LoadHandlers } from '../load/main.ts'
import type { Handle } from '../operations.ts'
import type { Child } from '../process/child.ts'
import { percentiles } from '../statistics.ts'
import type { Measure } from './results.ts'

export interface SocketOptions {
  sockets: number
  /** Share requests that all those sockets follow: each transition fans out to as many as its share of them. */
  followed: number
  /** Further sockets that follow one share request each, whose transitions come one at a time. */
  singles: number
}

/**
 * Memory and CPU of many sockets with one subscription each, and of their events. A transition is a real one: the
 * customer approves at Portmone's sandbox, the page hints, the gateway asks, pulls the facts, evaluates the policy and
 * writes the transition to its store. Many sockets follow a few share requests, so that next to that the delivery is
 * all that there is to measure; each of them is a subscription of its own to the server, with its own secret to check,
 * document to execute and message to write. Then some follow one share request each: what these cost, upstream calls
 * and store included, is the CPU per check, and how late their events come, the latency.
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

    // Code is loaded, but little else: what the sockets take must not find room that others have left.
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

    // By now everything runs as it will after an hour.
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
