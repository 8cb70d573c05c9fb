import { type ContestantName, contestants } from './contestants/index.ts'
import { type Measure, measures, type Results } from './parts/results.ts'
import type { StoreShare } from './parts/store.ts'
import { summary } from './statistics.ts'
import type { Table } from './table.ts'

const headings: Record<ContestantName, string> = {
  gateway: 'gateway, by hash',
  'gateway-text': 'gateway, unknown text',
  recipe: 'Yoga, recipe',
  limit: 'limit: ws, node:http',
}

interface Unit {
  name: string
  /** Divisor that converts a value to the unit. */
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

/** Highest ratios to the recipe, for operations sent by hash and for documents that no file knows. */
const goals: Partial<Record<Measure, { byHash: number; unknown?: number }>> = {
  memoryPerSubscription: { byHash: 0.6, unknown: 0.6 },
  cpuPerEvent: { byHash: 0.45, unknown: 0.55 },
  cpuPerRead: { byHash: 0.5, unknown: 1 },
  startToReady: { byHash: 2 },
}

/** Highest ratios to the limit of the platform, for operations sent by hash. */
const limitGoals: Partial<Record<Measure, number>> = { cpuPerCreate: 20, cpuPerVerification: 9 }

/** Measures of which less is better. */
const costs = /^(memory|cpu|start)/

export function comparison(results: Results, rounds: number, store: readonly StoreShare[]): Table {
  const rows = (Object.keys(measures) as Measure[])
    .filter((measure) => results.of('gateway', measure).length > 0)
    .map((measure) => {
      const cell = (contestant: ContestantName) => shown(results.of(contestant, measure), units[measure])
      const ratio = (contestant: ContestantName, to: ContestantName, goal: number | undefined) => {
        const [values, others] = [results.of(contestant, measure), results.of(to, measure)]
        if (values.length === 0 || others.length === 0) return ''
        const ratio = (median(values) / median(others)).toFixed(2)
        return goal === undefined ? ratio : `${ratio} (≤ ${goal})`
      }
      return [
        measures[measure],
        cell('gateway'),
        cell('gateway-text'),
        cell('recipe'),
        cell('limit'),
        ratio('gateway', 'recipe', goals[measure]?.byHash),
        ratio('gateway-text', 'recipe', goals[measure]?.unknown),
        costs.test(measure) ? ratio('gateway', 'limit', limitGoals[measure]) : '',
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
    columns: [
      '',
      ...contestants.map((contestant) => headings[contestant]),
      'by hash : recipe (goal)',
      'unknown : recipe (goal)',
      'by hash : limit (goal)',
    ],
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
  return [label, `${shown(values, micros)}${share}`, '', '', '', '', '', '']
}
