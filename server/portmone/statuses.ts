import { statuses } from '../../portmone/wire.ts'
import type { IdentityStatus } from '../share-requests/identity-service.ts'
import type { Log, UpstreamMonitor } from './monitor.ts'

const known = new Map<string, IdentityStatus>([
  [statuses.pending, 'PENDING'],
  [statuses.approved, 'APPROVED'],
  [statuses.declined, 'DECLINED'],
])

/** Beyond this many distinct words, further ones are counted as `other` and not logged. */
const maxDistinctWords = 20

/** Reads Portmone's status words. An unknown one means PENDING; it is counted each time and logged once. */
export function createStatusReader(
  log: Log,
  monitor: Pick<UpstreamMonitor, 'unknownStatus'>,
): (word: string) => IdentityStatus {
  const seen = new Set<string>()

  function note(word: string): string {
    if (seen.has(word)) return word
    if (seen.size >= maxDistinctWords) return 'other'
    seen.add(word)
    log.warn({ status: word }, 'Portmone reports an unknown status: treated as PENDING')
    return word
  }

  return (word) => {
    const status = known.get(word)
    if (status) return status
    monitor.unknownStatus(note(clean(word)))
    return 'PENDING'
  }
}

/** At most 40 characters: ASCII letters and digits, `_` and `-`. Others become `?`. */
const clean = (word: string) => word.slice(0, 40).replace(/[^\w-]/g, '?') || '(empty)'
