import { expect, test } from 'vitest'
import { minute, pending, reservation, type StoreHarness } from './harness.ts'

const hour = 60 * minute

export function describeClockSteps(setUp: () => Promise<StoreHarness>): void {
  test('dates from a clock that was set back are due, free and expired at once, and no others', async () => {
    const { store, another } = await setUp()
    const other = await another()
    const late = await pending(store, { nextWorkAt: store.now() + hour })
    const leased = await pending(store)
    const soon = await pending(store, { nextWorkAt: store.now() + minute })
    await other.claim(leased.id, { leaseMs: hour, maxPerMinute: 1 })
    const taken = reservation({ leaseMs: hour })
    await other.reserve(taken)
    await store.watch([soon.id], store.now() + hour, store.now() + minute)
    await store.heartbeat('gone', hour)

    await store.recoverFromClockStep(2 * minute)
    const claimed = await store.claimDue({ limit: 10, leaseMs: minute })
    expect(claimed.map(({ id }) => id).toSorted()).toEqual([late.id, leased.id].toSorted())
    expect(await store.reserve(taken)).toEqual({ kind: 'reserved', id: taken.id })
    expect(await store.heartbeat('alive', minute)).toBe(1)
    expect(await store.claim(soon.id, { leaseMs: minute, maxPerMinute: 1 })).toEqual({
      ...{ kind: 'claimed', request: soon },
    })
  })
}
