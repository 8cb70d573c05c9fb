import { useEffect, useState } from 'react'

const secondsUntil = (deadline: number, now: () => number) =>
  Math.max(0, Math.ceil((deadline - now()) / 1000))

/** Whole seconds until `deadline` on the clock `now`, both in milliseconds; 0 when it has passed. */
export function useSecondsLeft(deadline: number, now: () => number): number {
  const [seconds, setSeconds] = useState(() => secondsUntil(deadline, now))
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    const tick = () => {
      setSeconds(secondsUntil(deadline, now))
      const left = deadline - now()
      if (left > 0) timer = setTimeout(tick, left % 1000 || 1000)
    }
    tick()
    return () => clearTimeout(timer)
  }, [deadline, now])
  return seconds
}
