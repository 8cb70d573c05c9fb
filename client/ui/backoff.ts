/** How long to wait before retry number `attempt` (from 0): exponential, at most 30 seconds, with jitter. */
export const backoffMs = (attempt: number) => Math.min(500 * 2 ** attempt, 30_000) * (0.5 + Math.random() / 2)

/**
 * Calls `callback` after `ms`, or as soon as a retry may succeed: the network is back, or the page is visible again.
 * @returns a function that cancels it.
 */
export function delay(ms: number, callback: () => void): () => void {
  const listening = new AbortController()
  const { signal } = listening
  const cancel = () => {
    clearTimeout(timer)
    listening.abort()
  }
  const finish = () => {
    cancel()
    callback()
  }
  const timer = setTimeout(finish, ms)
  window.addEventListener('online', finish, { signal })
  document.addEventListener('visibilitychange', () => document.hidden || finish(), { signal })
  return cancel
}
