import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { UpstreamMonitor } from '../../server/portmone/monitor.ts'
import { createStatusReader } from '../../server/portmone/statuses.ts'

function reader() {
  const logged: string[] = []
  const counted: string[] = []
  const monitor: Pick<UpstreamMonitor, 'unknownStatus'> = {
    unknownStatus: (word) => void counted.push(word),
  }
  const log = pino({ base: null, timestamp: false }, { write: (line) => void logged.push(line) })
  return { read: createStatusReader(log, monitor), logged, counted }
}

test('the words that are known are not logged', () => {
  const { read, logged, counted } = reader()
  expect(['PENDING', 'APPROVED', 'DECLINED'].map(read)).toEqual(['PENDING', 'APPROVED', 'DECLINED'])
  expect([logged, counted]).toEqual([[], []])
})

test.each([
  ['approved', 'approved'],
  ['APPROVED ', 'APPROVED?'],
  ['', '(empty)'],
  ['IN REVIEW\n{"level":"error"}', 'IN?REVIEW???level???error??'],
  ['X'.repeat(1_000_000), 'X'.repeat(40)],
  ['__proto__', '__proto__'],
])('%j counts as PENDING and is noted as %j', (word, noted) => {
  const { read, logged, counted } = reader()
  expect(read(word)).toBe('PENDING')
  expect(counted).toEqual([noted])
  expect(logged).toHaveLength(1)
  expect(logged[0]).toContain(`"status":"${noted}"`)
})

test('thousands of different words do not fill the log, nor the metrics', () => {
  const { read, logged, counted } = reader()
  for (let i = 0; i < 5_000; i++) expect(read(`WORD_${i}`)).toBe('PENDING')
  for (let i = 0; i < 5_000; i++) read('WORD_0')
  expect(logged).toHaveLength(20)
  expect(counted).toHaveLength(10_000)
  expect(new Set(counted).size).toBe(21)
  expect(counted[4_999]).toBe('other')
})
