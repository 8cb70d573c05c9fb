import type { Status } from '../wire.ts'
import { byCode, serviceOf, shareStatusPath, statuses } from '../wire-status.ts'

/** Milliseconds. */
const interval = 2_000
const longestPause = 30_000
const deadline = 10_000

/**
 * Polls the status of `code` at Portmone until the customer decides. Resolves with the share request's id once approved;
 * with null if it is declined, if the code does not say where Portmone is, or when `signal` aborts. Errors are retried
 * with backoff and decide nothing. A hidden page does not poll; it polls at once when it is visible again.
 */
export async function approvalOf(code: string, signal: AbortSignal): Promise<string | null> {
  const url = statusUrl(code)
  if (url === null) return null
  for (let troubles = 0; ; ) {
    if (document.hidden) await wake(signal)
    if (signal.aborted) return null
    const status = await ask(url, signal)
    if (status?.status === statuses.approved) return status.id
    if (status?.status === statuses.declined) return null
    troubles = status ? 0 : troubles + 1
    await wake(signal, pauseAfter(troubles))
  }
}

function statusUrl(code: string): string | null {
  if (!/^https?:/i.test(code) || !URL.canParse(code)) return null
  return serviceOf(code) + byCode(shareStatusPath, code)
}

/** Portmone's answer; null if it is unreachable, refuses, or answers with anything but a Status. */
async function ask(url: string, signal: AbortSignal): Promise<Status | null> {
  // With a timer: WebKit collects the composite signal of `AbortSignal.any` and never fires it.
  const controller = new AbortController()
  const abort = () => controller.abort()
  const timer = setTimeout(abort, deadline)
  signal.addEventListener('abort', abort, { once: true })
  try {
    const response = await fetch(url, {
      signal: controller.signal,
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    })
    if (!response.ok) return null
    const answer: unknown = await response.json()
    return isStatus(answer) ? answer : null
  } catch {
    return null
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

const isStatus = (answer: unknown): answer is Status =>
  typeof answer === 'object' &&
  answer !== null &&
  'id' in answer &&
  'status' in answer &&
  typeof answer.id === 'string' &&
  typeof answer.status === 'string'

/** Resolves when the page becomes visible, when `signal` aborts, or after `milliseconds`: whichever is first. */
function wake(signal: AbortSignal, milliseconds?: number): Promise<void> {
  return new Promise((resolve) => {
    const ended = new AbortController()
    const end = () => {
      clearTimeout(timer)
      ended.abort()
      resolve()
    }
    const timer = milliseconds === undefined ? undefined : setTimeout(end, milliseconds)
    signal.addEventListener('abort', end, { signal: ended.signal })
    document.addEventListener('visibilitychange', () => document.hidden || end(), { signal: ended.signal })
    if (signal.aborted) end()
  })
}

function pauseAfter(troubles: number): number {
  const longest = Math.min(interval * 2 ** troubles, longestPause)
  return troubles === 0 ? longest : longest * (0.75 + Math.random() / 4)
}
