import { type Finding, failure, ok, warning } from './finding.ts'

/** Milliseconds by which two clocks may differ, and by which they may while the deadlines of customers still make sense. */
const maxUnnoticedMs = 5_000
const maxBearableMs = 60_000

/** This machine's clock, which is `ahead` of `whose`, as far as can be told to `within`; all in milliseconds. */
export function checkClock(whose: string, { ahead, within }: { ahead: number; within: number }): Finding {
  const apart = Math.max(0, Math.abs(ahead) - within)
  if (apart <= maxUnnoticedMs) return ok('clock', `agrees with that of ${whose}`)
  const seconds = Math.round(Math.abs(ahead) / 1000)
  const text = `${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} that of ${whose}. Let NTP set this machine's clock.`
  return apart <= maxBearableMs ? warning('clock', text) : failure('clock', text)
}
