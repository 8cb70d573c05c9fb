import { type Finding, failure, ok, warning } from './finding.ts'

/** Beyond the first, two clocks are said to differ; beyond the second, customers' deadlines no longer make sense. */
const maxUnnoticedMs = 5_000
const maxTolerableMs = 60_000

/** Judges this machine's clock, which is `ahead` milliseconds ahead of the clock of `whose`, give or take `within`. */
export function checkClock(whose: string, { ahead, within }: { ahead: number; within: number }): Finding {
  const apart = Math.max(0, Math.abs(ahead) - within)
  if (apart <= maxUnnoticedMs) return ok('clock', `agrees with the clock of ${whose}`)
  const seconds = Math.round(Math.abs(ahead) / 1000)
  const text = `${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} the clock of ${whose}. Synchronise this machine's clock by NTP.`
  return apart <= maxTolerableMs ? warning('clock', text) : failure('clock', text)
}
