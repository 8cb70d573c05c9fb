import { useEffect, useState } from 'react'

/** True for `ms` after `flag` changed from true to false. */
export function useRecentlyTrue(flag: boolean, ms: number): boolean {
  const [isRecent, setRecent] = useState(false)
  const [previous, setPrevious] = useState(flag)
  if (previous !== flag) {
    setPrevious(flag)
    setRecent(previous)
  }
  useEffect(() => {
    if (!isRecent) return
    const timer = setTimeout(() => setRecent(false), ms)
    return () => clearTimeout(timer)
  }, [isRecent, ms])
  return isRecent
}
