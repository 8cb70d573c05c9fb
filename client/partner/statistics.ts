import type { Listed } from './operations.ts'
import { type Result, resultOf, results } from './states.ts'

export interface Statistics {
  counts: { result: Result; count: number }[]
  /** Seconds from creation to approval; null where nothing was approved. */
  medianTimeToApproval: number | null
}

export function statisticsOf(items: readonly Listed[]): Statistics {
  const found = items.map(({ status }) => resultOf(status))
  const times = items.flatMap(({ createdAt, status }) =>
    status.__typename === 'ApprovedStatus'
      ? [(Date.parse(status.approvedAt) - Date.parse(createdAt)) / 1000]
      : [],
  )
  return {
    counts: results.map((result) => ({ result, count: found.filter((other) => other === result).length })),
    medianTimeToApproval: median(times),
  }
}

function median(numbers: number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.floor((sorted.length - 1) / 2)]
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2
}
