import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLog, currentRequest } from '../../server/monitoring/log.ts'
import { LogLimiter } from '../../server/monitoring/log-limiter.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function start(options = {}) {
  const lines: Record<string, unknown>[] = []
  const limiter = new LogLimiter(
    createLog('info', { write: (line) => void lines.push(JSON.parse(line)) }),
    options,
  )
  return {
    limiter,
    write: (kind: string, reason = '') => limiter.write('warn', kind, { reason }, kind),
    /** Lines since the last call, as `message count`. */
    taken: () => lines.splice(0).map(({ msg, count }) => (count === undefined ? msg : `${msg} ${count}`)),
    lines,
  }
}

test('writes the first line at once and counts the rest, once per second and kind', () => {
  const { write, taken } = start()
  for (let times = 0; times < 1_000; times++) for (const kind of ['a', 'b']) write(kind)
  expect(taken()).toEqual(['a', 'b'])
  vi.advanceTimersByTime(999)
  expect(taken()).toEqual([])
  vi.advanceTimersByTime(1)
  expect(taken()).toEqual(['a 999', 'b 999'])
  write('a')
  write('a')
  expect(taken()).toEqual([])
  vi.advanceTimersByTime(1_000)
  expect(taken()).toEqual(['a 2'])
  vi.advanceTimersByTime(1_000)
  write('a')
  expect(taken()).toEqual(['a'])
})

test('counts every occurrence, including those before a stop', () => {
  const { limiter, write, taken } = start()
  for (let times = 0; times < 5; times++) write('a')
  limiter.stop()
  expect(taken()).toEqual(['a', 'a 4'])
  vi.advanceTimersByTime(10_000)
  expect(taken()).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
})

test('logs the fields of an occurrence', () => {
  const { write } = start()
  expect(write('a', 'first')).toEqual({ reason: 'first' })
  expect(write('a', 'second')).toEqual({ reason: 'first' })
  vi.advanceTimersByTime(1_000)
  expect(write('a', 'third')).toEqual({ reason: 'first' })
  vi.advanceTimersByTime(2_000)
  expect(write('a', 'fourth')).toEqual({ reason: 'fourth' })
})

test('counts kinds beyond the maximum as one', () => {
  const { write, taken } = start({ maxKinds: 2 })
  for (let kind = 0; kind < 100; kind++) write(String(kind))
  expect(taken()).toEqual(['0', '1', '2'])
  vi.advanceTimersByTime(1_000)
  expect(taken()).toEqual(['2 97'])
})

test('the count stands for many requests, and names none of them', () => {
  const { write, lines } = start()
  currentRequest.run({ requestId: 'request-0001' }, () => {
    write('a')
    write('a')
  })
  vi.advanceTimersByTime(1_000)
  expect(lines.map(({ requestId }) => requestId)).toEqual(['request-0001', undefined])
})
