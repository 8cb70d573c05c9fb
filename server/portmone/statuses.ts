import { statuses } from '../../portmone/wire.ts'
import type { IdentityStatus } from '../share-requests/identity-service.ts'
import type { Log, UpstreamMonitor } from './monitor.ts'

const known = new Map<string, IdentityStatus>([
  [statuses.pending, 'PENDING'],
  [statuses.approved, 'APPROVED'],
  [statuses.declined, 'DECLINED'],
])

/** So many different words are told apart; what comes beyond is counted as `other`, and no longer logged. */
const maxDistinctWords = 20

/** Reads Portmone's words for a status. One that is not known counts as PENDING, is logged once and counted always. */
export function createStatusReader(
  log: Log,
  monitor: Pick<UpstreamMonitor, 'unknownStatus'>,
): (word: string) => IdentityStatus {
  const seen = new Set<string>()

  function note(word: string): string {
    if (seen.has(word)) return word
    if (seen.size >= maxDistinctWords) return 'other'
    seen.add(word)
    log.warn({ status: word }, 'Portmone reports a status that is not known: it counts as PENDING')
    return word
  }

  return (word) => {
    const status = known.get(word)
    if (status) return status
    monitor.unknownStatus(note(clean(word)))
    return 'PENDING'
  }
}

/** At most 40 characters, letters and digits of ASCII with `_` and `-`; others become `?`. */
const clean = (word: string) => word.slice(0, 40).replace(/[^\w-]/g, '?') || '(empty)'
