import { percentiles } from '../statistics.ts'
import type { Table } from '../table.ts'
import {
  costPerCheck,
  type Outcome,
  type SimulationOptions,
  simulateNaive,
  simulateWatcher,
} from './simulation.ts'

/** Upstream requests per second. */
export const budget = 500

/** Simulates the customers with the watcher, with and without the SDK's hint, and with the naive loops. */
export async function compareWatchers(
  options: SimulationOptions,
  progress: (what: string) => void,
): Promise<Table[]> {
  progress('watcher, with hints')
  const hinted = await simulateWatcher(options, true)
  progress('watcher, without hints')
  const unhinted = await simulateWatcher(options, false)
  progress('naive loops')
  const naive = await simulateNaive(options)
  const outcomes = [hinted, unhinted, naive]
  const row = (label: string, cell: (outcome: Outcome) => string) => [label, ...outcomes.map(cell)]
  const costs: string[][] = []
  for (const pending of [options.pending / 100, options.pending / 10, options.pending]) {
    progress(`cost per check at ${pending}`)
    costs.push([
      `${Math.round(pending)}`,
      `${(await costPerCheck(Math.round(pending), budget)).toFixed(0)} µs`,
    ])
  }
  return [
    {
      title: `The watcher at ${options.pending} pending share requests, ${options.budget} upstream requests per second`,
      columns: ['', 'watcher, SDK hints', 'watcher, no hints', 'a loop per page'],
      rows: [
        row('upstream requests per share request that ended', ({ requests, ended }) =>
          (requests / ended).toFixed(2),
        ),
        row('upstream requests, most in one second', ({ mostPerSecond }) => `${mostPerSecond}`),
        row('refused by Portmone', ({ refused }) => `${refused}`),
        row('share requests that ended', ({ ended }) => `${ended}`),
        row('approval to event, p50', ({ latencies }) => seconds(percentiles(latencies).p50)),
        row('approval to event, p99', ({ latencies }) => seconds(percentiles(latencies).p99)),
        row('between two checks, p50', ({ waits }) => seconds(percentiles(waits).p50)),
        row('between two checks, p99', ({ waits }) => seconds(percentiles(waits).p99)),
        row('longest that any one waited', ({ waits, longestOpenWait }) =>
          seconds(waits.reduce((longest, wait) => Math.max(longest, wait), longestOpenWait)),
        ),
        row(
          'CPU per check, creations and events included',
          ({ cpuPerCheck }) => `${cpuPerCheck.toFixed(0)} µs`,
        ),
        row('CPU per tick of a timer', ({ cpuPerTick }) => `${cpuPerTick.toFixed(0)} µs`),
      ],
      notes: [
        `${options.minutes} simulated minutes. An event counts for pages that are open; what has no page open ends as well with the watcher, and never with the loops. The real domain on the real SQLite store; a call to Portmone takes 60 ms.`,
      ],
    },
    {
      title: 'CPU of a check, its share of ticks and writes included',
      columns: ['pending', 'CPU'],
      rows: costs,
    },
  ]
}

const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(2)} s`
