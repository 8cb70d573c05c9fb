import { useEffect, useState } from 'react'

/** True for `milliseconds` after `flag` was true. */
export function useJustEnded(flag: boolean, milliseconds: number): boolean {
  const [justEnded, setJustEnded] = useState(false)
  const [before, setBefore] = useState(flag)
  if (before !== flag) {
    setBefore(flag)
    setJustEnded(before)
  }
  useEffect(() => {
    if (!justEnded) return
    const timer = setTimeout(() => setJustEnded(false), milliseconds)
    return () => clearTimeout(timer)
  }, [justEnded, milliseconds])
  return justEnded
}
