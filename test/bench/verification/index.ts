import type { LoadHandlers } from '../load/main.ts'
import type { VerificationTimes } from '../load/verifications.ts'
import { Child } from '../process/child.ts'
import { percentiles, summary } from '../statistics.ts'
import type { Table } from '../table.ts'
import { type Contender, Laboratory, slowSyncMs, stores, type Verifier } from './contestant.ts'

export interface VerificationOptions {
  rounds: number
  verifications: number
  customers: number
  against: string | null
}

const rows = {
  perSecond: ['whole verifications per second', '', 0],
  perSecondPerCore: ['… per second of CPU', '', 0],
  cpu: ['CPU per verification', ' ms', 2],
  syncs: ['syncs per verification', '', 2],
  transactions: ['transactions per verification', '', 1],
  createP50: ['create, p50', ' ms', 1],
  createP99: ['create, p99', ' ms', 1],
  eventP50: ['approval to event, p50', ' ms', 1],
  eventP99: ['approval to event, p99', ' ms', 1],
  healthP99: ['/healthz during the load, p99', ' ms', 1],
} as const satisfies Record<string, [label: string, unit: string, digits: number]>
type Measure = keyof typeof rows

/** Whole verifications with each store, beside the same gateway of another checkout, and beside plain Yoga. */
export async function compareVerifications(
  options: VerificationOptions,
  progress: (what: string) => void,
): Promise<Table> {
  const laboratory = new Laboratory()
  const contenders = contendersOf(options, laboratory.shim !== null)
  const results = contenders.map(() => new Map<Measure, number[]>())
  try {
    for (let round = 1; round <= options.rounds; round++)
      for (const [index, [name, contender]] of contenders.entries()) {
        progress(`verifications, round ${round} of ${options.rounds}: ${name}`)
        for (const [measure, value] of await measureContender(laboratory, contender, options))
          results[index]!.set(measure, [...(results[index]!.get(measure) ?? []), value])
      }
  } finally {
    await laboratory.close()
  }
  return {
    title: 'Whole verifications',
    columns: ['', ...contenders.map(([name]) => name)],
    rows: (Object.keys(rows) as Measure[]).map((measure) => [
      rows[measure][0],
      ...results.map((values) => cell(values.get(measure) ?? [], measure)),
    ]),
    notes: [
      `create → subscribe → approve on the phone → hint → event, sent to the gateways by hash as the page does; ${options.customers} customers at once, medians of ${options.rounds} rounds of ${options.verifications}, measured alternately. CPU is the server process's own, of the round that took least: what else the machine does only adds to it. PostgreSQL counts the notifications that a gateway receives as transactions, two for each verification. The slow disk takes ${slowSyncMs} ms longer for each sync. Plain Yoga has no store, no limits and no hint; it asks Portmone every two seconds for each subscriber.`,
      ...(laboratory.shim === null
        ? ['No C compiler: syncs are not counted, and no disk was slowed down.']
        : []),
    ],
  }
}

function contendersOf({ against }: VerificationOptions, hasShim: boolean): [string, Contender][] {
  const own = stores.filter((store) => hasShim || store !== 'embedded, slow disk')
  return [
    ...own.flatMap((store): [string, Contender][] => [
      [store, { store }],
      ...(against === null ? [] : [[`${store} (against)`, { store, tree: against }] as [string, Contender]]),
    ]),
    ['Yoga, recipe', 'recipe'],
  ]
}

async function measureContender(
  laboratory: Laboratory,
  contender: Contender,
  { verifications, customers }: VerificationOptions,
): Promise<[Measure, number][]> {
  const load = new Child<LoadHandlers>(new URL('../load/main.ts', import.meta.url))
  const verifier = await laboratory.start(contender)
  try {
    // Of the recipe each takes two seconds, so that as many would take minutes.
    const count = contender === 'recipe' ? Math.min(verifications, 10 * customers) : verifications
    const run = (count: number) =>
      load.call('verify', {
        ...{ url: verifier.url, sandboxUrl: verifier.sandboxUrl, controlToken: verifier.controlToken },
        ...{ count, atOnce: customers, hints: contender !== 'recipe', sendBy: verifier.sendBy },
      })
    await run(Math.ceil(count / 2))
    const before = await countersOf(verifier)
    const times = await run(count)
    const after = await countersOf(verifier)
    return measuresOf(count, times, before, after)
  } finally {
    await verifier.stop()
    await load.stop()
  }
}

interface Counters {
  cpu: number
  syncs: number | null
  transactions: number | null
}

async function countersOf(verifier: Verifier): Promise<Counters> {
  const transactions = await verifier.transactions()
  return { cpu: await verifier.server.call('probeCpu'), syncs: verifier.syncs(), transactions }
}

function measuresOf(count: number, times: VerificationTimes, before: Counters, after: Counters) {
  const each = (name: 'syncs' | 'transactions'): [Measure, number][] => {
    const [from, to] = [before[name], after[name]]
    return from === null || to === null ? [] : [[name, (to - from) / count]]
  }
  const [create, event, health] = [times.creates, times.events, times.health].map(percentiles)
  const cpu = (after.cpu - before.cpu) / count / 1_000
  return [
    ['perSecond', count / times.seconds],
    ['perSecondPerCore', 1_000 / cpu],
    ['cpu', cpu],
    ...each('syncs'),
    ...each('transactions'),
    ['createP50', create!.p50],
    ['createP99', create!.p99],
    ['eventP50', event!.p50],
    ['eventP99', event!.p99],
    ['healthP99', health!.p99],
  ] satisfies [Measure, number][]
}

function cell(values: readonly number[], measure: Measure): string {
  if (values.length === 0) return ''
  const [, unit, digits] = rows[measure]
  const { median, least, most } = summary(values)
  const value = measure === 'cpu' ? least : measure === 'perSecondPerCore' ? most : median
  return `${value.toFixed(digits)}${unit}`
}
