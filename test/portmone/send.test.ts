import { Agent, type Dispatcher } from 'undici'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { ask, failureOf, issued, watchedPortmone } from './client.ts'
import * as fake from './fake.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('an answer', () => {
  test('is collected without a stream', async () => {
    await using upstream = await fake.startFakePortmone()
    await using agent = disposable(new Agent())
    const { dispatcher } = agent
    await using client = watchedPortmone(upstream.url, { dispatcher })
    const dispatched = vi.spyOn(dispatcher, 'dispatch')
    const throughStreams = vi.spyOn(dispatcher, 'request')
    await client.portmone.createRequest(ask, 'key-1')
    expect(dispatched).toHaveBeenCalledTimes(2)
    expect(throughStreams).not.toHaveBeenCalled()
  })

  test('may be split within a character', async () => {
    await using upstream = await fake.startFakePortmone()
    await using client = watchedPortmone(upstream.url)
    const body = Buffer.from(
      JSON.stringify({ provenAt: '2024-11-24T10:00:00Z', facts: { fullName: 'Їжак' } }),
    )
    const middle = body.indexOf('Ї') + 1
    upstream.next('facts', (response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write(body.subarray(0, middle), () => setImmediate(() => response.end(body.subarray(middle))))
    })
    expect(await client.portmone.factsOf(issued)).toMatchObject({ fullName: 'Їжак' })
  })

  test('that is too large fails, and its connection is closed, also by a dispatcher that is passed in', async () => {
    await using upstream = await fake.startFakePortmone()
    await using agent = disposable(new Agent())
    await using client = watchedPortmone(upstream.url, {
      dispatcher: agent.dispatcher,
      maxAnswerBytes: 2_000,
      timeouts: { attempt: 60_000, call: 60_000 }, // which would close it, too
    })
    const closed = Promise.withResolvers<void>()
    upstream.next('status', (response) => {
      response.on('close', closed.resolve)
      response.writeHead(200, { 'content-type': 'application/json' }).write('x'.repeat(2_001)) // without an end
    })
    const failure = await failureOf(client.portmone.statusOf(issued))
    expect(failure.message).toContain('larger than the limit')
    await closed.promise
    expect(client.exchanges).toMatchObject([{ call: 'status', result: 'unavailable' }])
  })
})

describe('an attempt that no connection takes', () => {
  test('times out, and is aborted when a connection takes it', async () => {
    const waiting: Dispatcher.DispatchHandler[] = []
    const dispatcher = new Agent().compose(() => (_, handler) => {
      waiting.push(handler)
      return false
    })
    await using client = watchedPortmone('http://portmone.invalid', {
      dispatcher,
      timeouts: { attempt: 20 },
      retries: { attempts: 0 },
    })
    expect((await failureOf(client.portmone.statusOf(issued))).message).toContain('no answer in time')
    const abort = vi.fn()
    waiting[0]?.onRequestStart?.({ ...controller, abort }, null)
    expect(abort).toHaveBeenCalledOnce()
  })
})

const controller: Dispatcher.DispatchController = {
  ...{ aborted: false, paused: false, reason: null },
  ...{ abort() {}, pause() {}, resume() {} },
}

test('a call sets up one timer per time limit, one AbortController and one listener', async () => {
  await using upstream = await fake.startFakePortmone()
  await using client = watchedPortmone(upstream.url, { timeouts: { attempt: 4_321, call: 9_876 } })
  await client.portmone.statusOf(issued) // opens the connection

  const timers = vi.spyOn(globalThis, 'setTimeout')
  const cleared = vi.spyOn(globalThis, 'clearTimeout')
  const listeners = vi.spyOn(AbortSignal.prototype, 'addEventListener')
  let aborters = 0
  vi.stubGlobal(
    'AbortController',
    class extends AbortController {
      constructor() {
        super()
        aborters++
      }
    },
  )
  await client.portmone.statusOf(issued)
  const limits = timers.mock.results.filter((_, i) => [4_321, 9_876].includes(timers.mock.calls[i]?.[1] ?? 0))
  expect(limits).toHaveLength(2)
  for (const { value } of limits) expect(cleared).toHaveBeenCalledWith(value)
  expect(listeners).toHaveBeenCalledOnce()
  expect(aborters).toBe(1)
})

const disposable = (dispatcher: Agent) => ({ dispatcher, [Symbol.asyncDispose]: () => dispatcher.destroy() })
