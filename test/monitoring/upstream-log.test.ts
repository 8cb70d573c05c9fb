import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLog } from '../../server/monitoring/log.ts'
import { createMonitoring } from '../../server/monitoring/metrics.ts'
import { IdentityServiceError } from '../../server/share-requests/identity-service.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function start() {
  const lines: Record<string, unknown>[] = []
  const monitoring = createMonitoring(
    createLog('info', { write: (line) => void lines.push(JSON.parse(line)) }),
  )
  return {
    ...monitoring,
    taken: () => lines.splice(0).map(({ msg, count, reason }) => ({ msg, count, reason })),
  }
}

test('checks that fail while Portmone is down give one line per second, and hide no invalid answer', () => {
  const { monitor, taken } = start()
  const msg = 'Portmone did not answer; retrying later'
  for (let i = 0; i < 500; i++)
    monitor.delayed(`request-${i}`, new IdentityServiceError('UNAVAILABLE', `down ${i}`))
  monitor.delayed('request-x', new IdentityServiceError('INVALID_ANSWER', 'invalid answer: id'))
  expect(taken()).toEqual([
    { msg, reason: 'down 0' },
    { msg, reason: 'invalid answer: id' },
  ])
  vi.advanceTimersByTime(1_000)
  expect(taken()).toEqual([{ msg, count: 499, reason: 'down 0' }])
})

test('facts that cannot be used are logged and counted by name', async () => {
  const { upstream, registry, taken } = start()
  for (let i = 0; i < 3; i++) upstream.unusableFacts(['dateOfBirth', 'address.country'])
  const msg = 'Portmone sent facts that cannot be used: they count as not shared'
  expect(taken()).toEqual([{ msg }])
  vi.advanceTimersByTime(1_000)
  expect(taken()).toEqual([{ msg, count: 2 }])
  const metrics = await registry.getSingleMetricAsString('portmone_unusable_facts_total')
  expect(metrics).toContain('{fact="dateOfBirth"} 3')
  expect(metrics).toContain('{fact="address.country"} 3')
})
