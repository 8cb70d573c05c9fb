import { makePartnerKey } from '../../../server/share-requests/partner-keys.ts'
import { openSqliteStore } from '../../../server/store/index.ts'
import { startContestant } from '../contestants/index.ts'
import type { LoadHandlers } from '../load/main.ts'
import type { Handle } from '../operations.ts'
import { Child } from '../process/child.ts'
import { summary } from '../statistics.ts'
import type { Table } from '../table.ts'
import type { SocketOptions } from './sockets.ts'

/** Highest ratio of the CPU per event with consumers to that without. */
const goal = 1.1

interface StreamOptions extends SocketOptions {
  consumers: number
  rounds: number
}

interface Cost {
  /** Microseconds for each event that a customer's subscription received. */
  perEvent: number
  /** Microseconds for each check that brought a transition, whose share request one customer follows. */
  perCheck: number
}

/**
 * What consumers of all changes cost beside many customers. Rounds without and with them alternate on one gateway, after
 * one round that only warms it up.
 */
export async function measureStream(
  { sockets, followed, singles, consumers, rounds }: StreamOptions,
  progress: (what: string) => void,
): Promise<Table> {
  const contestant = await startContestant('gateway')
  const load = new Child<LoadHandlers>(new URL('../load/main.ts', import.meta.url))
  const { url, server, sendBy } = contestant

  async function addKey(): Promise<string> {
    const store = await openSqliteStore({ dataDir: contestant.dataDir ?? '', exclusive: false })
    const { key, stored } = makePartnerKey('bench', ['share-requests:read'], store.now())
    await store.insertPartnerKey(stored)
    await store.close()
    return key
  }

  /** Microseconds of CPU until every customer and consumer has received these approvals. */
  async function approve(handles: Handle[], isConsumed: boolean): Promise<number> {
    const before = await server.call('probeCpu')
    for (const handle of handles) {
      await contestant.approve([handle.code])
      await load.call('check', [handle])
    }
    await load.call(
      'completed',
      handles.map(({ id }) => id),
    )
    if (isConsumed) await load.call('receivedChanges', consumers * handles.length)
    return (await server.call('probeCpu')) - before
  }

  async function measure(key: string | null, count: number): Promise<Cost> {
    const many = (await load.call('create', followed)).handles
    const one = (await load.call('create', singles)).handles
    await load.call('openSockets', url, many, count, sendBy)
    await load.call('openSockets', url, one, singles, sendBy)
    if (key !== null) await load.call('openConsumers', url, key, consumers)
    const perCheck = (await approve(one, key !== null)) / singles
    const perEvent = (await approve(many, key !== null)) / count
    await load.call('closeSockets')
    return { perEvent, perCheck }
  }

  try {
    await load.call('aim', url, 4, sendBy)
    const key = await addKey()
    await measure(key, Math.min(sockets, 1_000))
    const without: Cost[] = []
    const beside: Cost[] = []
    for (let round = 1; round <= rounds; round++) {
      progress(`round ${round} of ${rounds}: consumers of all changes`)
      without.push(await measure(null, sockets))
      beside.push(await measure(key, sockets))
    }
    const row = (label: string, cost: keyof Cost, limit: string) => {
      const [alone, with_] = [without, beside].map((costs) => summary(costs.map((each) => each[cost])).median)
      const ratio = (with_! / alone!).toFixed(2)
      return [label, `${alone!.toFixed(0)} µs`, `${with_!.toFixed(0)} µs`, `${ratio}${limit}`]
    }
    return {
      title: 'Consumers of all changes',
      columns: ['', 'without', `with ${consumers}`, 'ratio (goal)'],
      rows: [
        row(`CPU per event, ${sockets} customers on ${followed} share requests`, 'perEvent', ` (≤ ${goal})`),
        row('CPU per check that brings a transition, one customer each', 'perCheck', ''),
      ],
      notes: [
        `Medians of ${rounds} rounds, without and with alternately, on one gateway with the embedded store.`,
      ],
    }
  } finally {
    await load.stop()
    await contestant.stop()
  }
}
