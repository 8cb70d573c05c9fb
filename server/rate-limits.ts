import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { RateLimited } from './share-requests/errors.ts'
import type { RateLimits } from './share-requests/limits.ts'

const minute = 60

/** Limits counted in this process. */
export function createRateLimits(settings: {
  createsPerMinute: number
  checksPerMinute: number
}): RateLimits {
  const creates = new RateLimiterMemory({
    keyPrefix: 'create',
    points: settings.createsPerMinute,
    duration: minute,
  })
  const checks = new RateLimiterMemory({
    keyPrefix: 'check',
    points: settings.checksPerMinute,
    duration: minute,
  })
  return { create: (caller) => take(creates, caller), check: (id) => take(checks, id) }
}

async function take(limiter: RateLimiterAbstract, key: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (refused) {
    if (refused instanceof RateLimiterRes)
      throw new RateLimited(Math.max(1, Math.ceil(refused.msBeforeNext / 1000)))
    throw refused
  }
}
