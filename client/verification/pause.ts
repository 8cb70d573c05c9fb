/** Milliseconds to wait before attempt number `attempt` (from 0): growing up to half a minute, jittered. */
export const growing = (attempt: number) => Math.min(500 * 2 ** attempt, 30_000) * (0.5 + Math.random() / 2)

/**
 * Calls back after `milliseconds`, or as soon as there is reason to hope: the network is back or the page is visible
 * again. @returns a function that calls it off.
 */
export function pause(milliseconds: number, callback: () => void): () => void {
  const calledOff = new AbortController()
  const { signal } = calledOff
  const end = () => {
    callOff()
    callback()
  }
  const timer = setTimeout(end, milliseconds)
  const callOff = () => {
    clearTimeout(timer)
    calledOff.abort()
  }
  window.addEventListener('online', end, { signal })
  document.addEventListener('visibilitychange', () => document.hidden || end(), { signal })
  return callOff
}
