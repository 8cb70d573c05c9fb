import { useEffect, useState } from 'react'
import { useLatestCallback } from './use-latest-callback.ts'

/** Time to read the outcome. */
const readingTimeMs = 2_500
/** A page that is still shown after this long is not being left. */
const leavingTimeMs = 10_000

/**
 * With `automatic`, calls `leave` once the customer has had time to read the outcome.
 * @returns whether the page is being left.
 */
export function useLeaving(automatic: boolean, leave: () => void): boolean {
  const [isLeaving, setLeaving] = useState(automatic)
  const leaveNow = useLatestCallback(leave)
  useEffect(() => {
    if (!automatic) return
    const timer = setTimeout(leaveNow, readingTimeMs)
    const stay = setTimeout(() => setLeaving(false), leavingTimeMs)
    return () => {
      clearTimeout(timer)
      clearTimeout(stay)
    }
  }, [automatic, leaveNow])
  return isLeaving
}
