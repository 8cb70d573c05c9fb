/**
 * `fetch` that aborts after `timeoutMs`, the body included. With a timer, since WebKit collects the composite signal of
 * `AbortSignal.any` and never fires it.
 */
export const fetchWithTimeout =
  (timeoutMs: number): typeof fetch =>
  (input, init) => {
    const controller = new AbortController()
    const { signal } = init ?? {}
    const abort = () => controller.abort(signal?.reason)
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort, { once: true })
    setTimeout(() => controller.abort(new DOMException('No answer in time', 'TimeoutError')), timeoutMs)
    return fetch(input, { ...init, signal: controller.signal })
  }
