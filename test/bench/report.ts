import type { ContestantName } from './contestants/index.ts'
import { type Measure, measures, type Results } from './parts/results.ts'
import type { StoreShare } from './parts/store.ts'
import { summary } from './statistics.ts'
import type { Table } from './table.ts'

const headings: Record<ContestantName, string> = {
  gateway: 'this gateway',
  recipe: 'Yoga, recipe',
  limit: 'limit: ws, node:http',
}

interface Unit {
  name: string
  /** What a value is divided by to be shown in it. */
  of: number
  digits: number
}

const micros: Unit = { name: 'µs', of: 1, digits: 0 }
const millis: Unit = { name: 'ms', of: 1, digits: 1 }
const perSecond: Unit = { name: '/s', of: 1, digits: 0 }

const units: Record<Measure, Unit> = {
  memoryPerSubscription: { name: 'KB', of: 1_000, digits: 1 },
  cpuPerSubscription: micros,
  cpuPerEvent: micros,
  latencyP50: millis,
  latencyP99: millis,
  cpuPerVerification: micros,
  createsPerSecond: perSecond,
  cpuPerCreate: micros,
  readsPerSecond: perSecond,
  cpuPerRead: micros,
  startToReady: { ...millis, digits: 0 },
}

/** The most that the gateway may come to as a ratio to the recipe, and what is aimed at. */
const goals: Partial<Record<Measure, string>> = {
  memoryPerSubscription: '≤ 0.5',
  cpuPerEvent: '≤ 0.5 (aim 0.36)',
  cpuPerRead: '≤ 0.5 (aim 0.2)',
  startToReady: '< 2',
}

export function comparison(results: Results, rounds: number, store: readonly StoreShare[]): Table {
  const rows = (Object.keys(measures) as Measure[])
    .filter((measure) => results.of('gateway', measure).length > 0)
    .map((measure) => {
      const cell = (contestant: ContestantName) => shown(results.of(contestant, measure), units[measure])
      const ratio = median(results.of('gateway', measure)) / median(results.of('recipe', measure))
      return [
        measures[measure],
        cell('gateway'),
        cell('recipe'),
        cell('limit'),
        ratio.toFixed(2),
        goals[measure] ?? '',
      ]
    })
  const storeRows =
    store.length === 0
      ? []
      : [
          storeRow(
            'of that, the store: create',
            store.map(({ perCreate }) => perCreate),
            results.of('gateway', 'cpuPerCreate'),
          ),
          storeRow(
            'of that, the store: read',
            store.map(({ perRead }) => perRead),
            results.of('gateway', 'cpuPerRead'),
          ),
        ]
  return {
    title: 'One machine',
    columns: ['', headings.gateway, headings.recipe, headings.limit, 'gateway : recipe', 'goal'],
    rows: [...rows, ...storeRows],
    notes: [
      `Medians of ${rounds} rounds (least–most), the contestants measured alternately. CPU is the server process's own, user and system. Node ${process.version}, ${process.platform} ${process.arch}.`,
    ],
  }
}

const median = (values: readonly number[]) => summary(values).median

function shown(values: readonly number[], { name, of, digits }: Unit): string {
  if (values.length === 0) return ''
  const { median, least, most } = summary(values.map((value) => value / of))
  const [middle, low, high] = [median, least, most].map((value) => value.toFixed(digits))
  return values.length === 1 ? `${middle} ${name}` : `${middle} ${name} (${low}–${high})`
}

function storeRow(label: string, values: readonly number[], whole: readonly number[]): string[] {
  const share = whole.length === 0 ? '' : ` = ${((100 * median(values)) / median(whole)).toFixed(0)} %`
  return [label, `${shown(values, micros)}${share}`, '', '', '', '']
}
