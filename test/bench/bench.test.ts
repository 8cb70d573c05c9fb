import { expect, test } from 'vitest'
import { OptionsError, readOptions } from './options.ts'
import { percentiles, summary } from './statistics.ts'
import { asMarkdown, asText } from './table.ts'
import { SimulatedClock } from './watcher/clock.ts'
import { compareWatchers } from './watcher/index.ts'

test('a summary has the median, minimum and maximum; percentiles are interpolated', () => {
  expect(summary([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3 })
  expect(percentiles([4, 1, 3, 2]).p50).toBe(2.5)
  expect(percentiles([])).toEqual({ p50: Number.NaN, p99: Number.NaN })
})

test.each([
  [['--rounds', '0'], '--rounds: give a whole number from 1 to 20, not 0.'],
  [['--sockets', 'many'], '--sockets: give a whole number from 1 to 25000, not many.'],
  [['--parts', 'http,all'], '--parts: there is no all.'],
  [['--fast'], "Unknown option '--fast'"],
])('rejects %j with the reason', (args, message) => {
  expect(() => readOptions(args)).toThrow(OptionsError)
  expect(() => readOptions(args)).toThrow(message)
})

test('options have defaults, with smaller ones for a quick run', () => {
  expect(readOptions([])).toMatchObject({ parts: expect.arrayContaining(['watcher']), sockets: 10_000 })
  expect(readOptions(['--quick', '--rounds', '2'])).toMatchObject({ sockets: 100, rounds: 2 })
  expect(readOptions(['--help'])).toBeNull()
})

test('a table reads the same in a terminal and as markdown', () => {
  const table = { title: 'T', columns: ['', 'a'], rows: [['row', '1 µs']], notes: ['Note.'] }
  expect(asText(table)).toContain('row  1 µs')
  expect(asMarkdown(table)).toContain('| row | 1 µs |')
})

test('the simulated clock fires by time, then by order, and skips cleared timers', async () => {
  const clock = new SimulatedClock(0)
  const fired: string[] = []
  for (const [name, delay] of [['d', 9] as const, ['b', 2] as const, ['a', 1] as const, ['c', 2] as const])
    clock.set(() => fired.push(`${name}${clock.now()}`), delay)
  clock.clear(clock.set(() => fired.push('never'), 3))
  await clock.runUntil(8)
  expect(fired).toEqual(['a1', 'b2', 'c2'])
  expect(clock.now()).toBe(8)
})

test('hints tell the watcher of approvals at once, and it makes fewer requests than loops do', async () => {
  const [outcomes] = await compareWatchers({ pending: 300, budget: 500, minutes: 1 }, () => {})
  const row = (label: string) =>
    outcomes?.rows
      .find(([name]) => name === label)
      ?.slice(1)
      .map(Number.parseFloat)
  const [hinted = 0, unhinted = 0] = row('approval to event, p50') ?? []
  expect(hinted).toBeLessThan(1.5)
  expect(hinted).toBeLessThan(unhinted)
  const [perRequest = 0, , perLoop = 0] = row('upstream requests per share request that ended') ?? []
  expect(perRequest).toBeLessThan(perLoop)
})
