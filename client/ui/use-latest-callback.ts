import { useCallback, useEffect, useRef } from 'react'

/** A function that never changes and calls the newest `callback`. For effects; React 18 has no useEffectEvent. */
export function useLatestCallback<Args extends unknown[]>(
  callback: (...args: Args) => void,
): (...args: Args) => void {
  const latest = useRef(callback)
  useEffect(() => {
    latest.current = callback
  })
  return useCallback((...args: Args) => latest.current(...args), [])
}
