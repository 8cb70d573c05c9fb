import { expect, vi } from 'vitest'
import { overHttp } from '../support/clients.ts'
import type { ShiftableClock } from '../support/clock.ts'
import { type Created, create, operations } from '../support/operations.ts'
import type { Stage } from '../support/stage.ts'

/** How many come to each result, for every eight share requests; the first of them expire. */
const shares = { expired: 1, passed: 2, notPassed: 1, declined: 1, cancelled: 1, failed: 1, pending: 1 }
type Kind = keyof typeof shares

const policies = ['kyc-basic', 'age-over-18', 'kyc-full']

/**
 * Creates share requests in every state, a multiple of eight, by a customer and by a partner in turn. The references
 * are `order-1` and so on, the newest last. The stage needs a short `factsRetryWindowMs`, after which some fail.
 * @returns them by what came of them.
 */
export async function createMany(
  { stage, clock, key }: { stage: Stage; clock: ShiftableClock; key: string },
  count: number,
): Promise<Record<Kind, Created[]>> {
  const partner = overHttp(stage.gateway.url, key)
  const customer = overHttp(stage.gateway.url)
  const found: Record<string, Created[]> = {}
  let number = 0
  for (const [kind, share] of Object.entries(shares)) {
    const made: Created[] = []
    for (let n = 0; n < (count / 8) * share; n++) {
      number++
      const policy = policies[number % 3]
      const client = policy === 'kyc-full' || number % 2 === 0 ? partner : customer
      made.push(await create(client, { policy, reference: `order-${number}` }))
    }
    found[kind] = made
    // Before the others are created, so that only these expire.
    if (kind === 'expired') {
      clock.advance(86_400_000)
      await reach(stage, key, 'EXPIRED', made.length)
    }
  }
  const all = found as Record<Kind, Created[]>
  for (const { code } of all.passed) stage.sandbox.approve(code, 'adult')
  for (const { code } of all.notPassed) stage.sandbox.approve(code, 'minor')
  for (const { code } of all.declined) stage.sandbox.decline(code)
  for (const { id } of all.cancelled) await partner.run(operations.cancel, { input: { id } })
  for (const { code } of all.failed) {
    stage.sandbox.misbehave({ kind: 'facts-missing', code })
    stage.sandbox.approve(code, 'adult')
  }
  await reach(stage, key, 'APPROVED', all.passed.length + all.notPassed.length)
  await reach(stage, key, 'DECLINED', all.declined.length)
  await reach(stage, key, 'CANCELLED', all.cancelled.length)
  await reach(stage, key, 'FAILED', all.failed.length)
  return all
}

const reach = (stage: Stage, key: string, state: string, count: number) =>
  vi.waitFor(
    async () => {
      const { data } = await overHttp(stage.gateway.url, key).run(
        'query ($state: ShareRequestState!) { shareRequests(filter: { status: [$state] }) { totalCount { value } } }',
        { state },
      )
      expect(data.shareRequests.totalCount.value).toBe(count)
    },
    { timeout: 30_000, interval: 50 },
  )
