/**
 * `fetch` for an event stream. It fails once nothing has arrived for `maxSilenceMs`, pings included: a lost network
 * does not end a stream, and some proxies hold one back.
 */
export const fetchEventStream =
  (maxSilenceMs: number): typeof fetch =>
  async (input, init) => {
    const controller = new AbortController()
    const { signal } = controller
    init?.signal?.addEventListener('abort', () => controller.abort(init.signal?.reason), { once: true })
    const wait = () =>
      setTimeout(
        () => controller.abort(new DOMException('The event stream is silent.', 'TimeoutError')),
        maxSilenceMs,
      )
    let timer = wait()
    const end = () => clearTimeout(timer)
    signal.addEventListener('abort', end)
    const response = await fetch(input, { ...init, signal }).catch((error) => {
      end()
      throw error
    })
    const watched = response.body?.pipeThrough(
      new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform(chunk, output) {
          clearTimeout(timer)
          timer = wait()
          output.enqueue(chunk)
        },
        flush: end,
      }),
    )
    return new Response(watched, response)
  }
