import { describe, expect, test } from 'vitest'
import {
  nextCheckAt,
  nextFactsRetryAt,
  defaultWatcherSettings as settings,
} from '../../server/watcher/schedule.ts'
import { samplePending } from './samples.ts'

const { createdAt, expiresAt } = samplePending

describe('when a check is due again', () => {
  test.each<[string, number, boolean, number]>([
    ['followed and young', 1_000, true, settings.minPollIntervalMs],
    ['followed and older', 100_000, true, 5_000],
    ['followed and old', 550_000, true, settings.maxPollIntervalMs],
    ['not followed', 1_000, false, settings.unwatchedIntervalMs],
  ])('%s', (_, age, watched, pause) => {
    const now = createdAt + age
    expect(nextCheckAt(settings, samplePending, watched, now)).toBe(now + pause)
  })

  test('never later than the deadline, and often after it', () => {
    expect(nextCheckAt(settings, samplePending, false, expiresAt - 1)).toBe(expiresAt)
    expect(nextCheckAt(settings, samplePending, false, expiresAt)).toBe(
      expiresAt + settings.minPollIntervalMs,
    )
  })
})

test('facts are retried less and less often, and a last time as the window ends', () => {
  const horizon = settings.factsRetryWindowMs
  expect(nextFactsRetryAt(settings, 0, 0)).toBe(1_000)
  expect(nextFactsRetryAt(settings, 0, 10_000)).toBe(15_000)
  expect(nextFactsRetryAt(settings, 0, 600_000)).toBe(660_000)
  expect(nextFactsRetryAt(settings, 0, horizon - 5_000)).toBe(horizon)
  expect(nextFactsRetryAt(settings, 0, horizon)).toBeGreaterThan(horizon)
})
