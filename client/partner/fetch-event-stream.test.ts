import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fetchEventStream } from './fetch-event-stream.ts'

const fetchEvents = fetchEventStream(30_000)
let stream: ReadableStreamDefaultController<Uint8Array>

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('fetch', async (_: string, { signal }: { signal: AbortSignal }) => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        stream = controller
        signal.addEventListener('abort', () => controller.error(signal.reason))
      },
    })
    return new Response(body, { status: 201, headers: { 'content-type': 'text/event-stream' } })
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test('hands the answer on as it comes', async () => {
  const response = await fetchEvents('http://gateway.test')
  expect(response.status).toBe(201)
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  stream.enqueue(new TextEncoder().encode('one'))
  stream.close()
  expect(await response.text()).toBe('one')
  expect(vi.getTimerCount()).toBe(0)
})

test('fails a stream that is silent for too long, but none that pings', async () => {
  const reader = (await fetchEvents('http://gateway.test')).body!.getReader()
  for (let ping = 0; ping < 5; ping++) {
    await vi.advanceTimersByTimeAsync(29_000)
    stream.enqueue(new TextEncoder().encode(':\n\n'))
    expect((await reader.read()).done).toBe(false)
  }
  const failure = expect(reader.read()).rejects.toThrow('silent')
  await vi.advanceTimersByTimeAsync(30_000)
  await failure
})

test('is aborted by the signal of its caller, and leaves no timer', async () => {
  const controller = new AbortController()
  const reader = (await fetchEvents('http://gateway.test', { signal: controller.signal })).body!.getReader()
  const failure = expect(reader.read()).rejects.toThrow('enough')
  controller.abort(new Error('enough'))
  await failure
  expect(vi.getTimerCount()).toBe(0)
})

test('leaves no timer when the request fails', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
  await expect(fetchEvents('http://gateway.test')).rejects.toThrow('Failed to fetch')
  expect(vi.getTimerCount()).toBe(0)
})
