import { describe, expect, test } from 'vitest'
import type { LoggedChange, Store } from '../../server/share-requests/store.ts'
import { cancelled, minute, pending, type StoreHarness } from './harness.ts'

const summary = ({ request: { id, version, state } }: LoggedChange) => ({ id, version, state })

/** Everything in the log after `position`. */
async function changesSince(store: Store, position: number): Promise<LoggedChange[]> {
  const changes = await store.changesAfter(position, 1_000)
  if (changes === null) throw new Error(`the log has expired at ${position}`)
  return changes
}

export function describeChangeLog(setUp: () => Promise<StoreHarness>): void {
  describe('the log of changes', () => {
    test('has each version once, as it was, in the order in which it was made', async () => {
      const { store, another } = await setUp()
      expect(await store.lastChangePosition()).toBe(0)
      const first = await pending(store)
      const second = await pending(store)
      const approved = { ...first, approvedAt: store.now() }
      await store.update(first, approved, store.now())
      const end = cancelled(approved, store.now())
      await store.update(approved, end, null)

      const changes = await changesSince(store, 0)
      expect(changes.map(summary)).toEqual([
        { id: first.id, version: 1, state: 'PENDING' },
        { id: second.id, version: 1, state: 'PENDING' },
        { id: first.id, version: 2, state: 'CANCELLED' },
      ])
      expect(changes[0]?.request).toEqual(first)
      expect(changes[2]?.request).toEqual(end)
      const positions = changes.map(({ position }) => position)
      expect(positions).toEqual([...positions].sort((a, b) => a - b))
      expect(await store.lastChangePosition()).toBe(positions[2])
      expect(await store.changesAfter(positions[0]!, 1)).toEqual([changes[1]])
      expect(await changesSince(await another(), positions[1]!)).toEqual([changes[2]])
      expect(await store.changesAfter(positions[2]!, 10)).toEqual([])
    })

    test('does not record an update that lost a race', async () => {
      const { store } = await setUp()
      const request = await pending(store)
      const end = cancelled(request, store.now())
      const won = await Promise.all([store.update(request, end, null), store.update(request, end, null)])
      expect(won.sort()).toEqual([false, true])
      expect((await changesSince(store, 0)).map(({ request }) => request.version)).toEqual([1, 2])
    })

    test('loses nothing to a reader that follows it while others write', async () => {
      const { store, rival } = await setUp()
      const stores = [store, await rival()]
      const writing = Array.from({ length: 60 }, async (_, index) => {
        const writer = stores[index % 2]!
        const request = await pending(writer)
        await writer.update(request, cancelled(request, writer.now()), null)
        return request.id
      })
      const seen: LoggedChange[] = []
      while (seen.length < 120)
        seen.push(...((await store.changesAfter(seen.at(-1)?.position ?? 0, 7)) ?? []))
      const ids = await Promise.all(writing)
      const versions = ids.flatMap((id) => [`${id} 1`, `${id} 2`])
      expect(seen.map(({ request }) => `${request.id} ${request.version}`).sort()).toEqual(versions.sort())
    }, 30_000)

    test('expires with the share requests that are deleted for their age', async () => {
      const { store, clock } = await setUp()
      clock.freeze()
      const old = await pending(store)
      const kept = await pending(store)
      await store.update(old, cancelled(old, store.now()), null)
      const position = await store.lastChangePosition()
      clock.advance(minute)
      expect(await store.deleteBefore(store.now(), 10)).toBe(1)

      expect(await store.changesAfter(0, 10)).toBeNull()
      expect(await store.changesAfter(position - 1, 10)).toBeNull()
      expect(await store.changesAfter(position, 10)).toEqual([])
      await store.update(kept, cancelled(kept, store.now()), null)
      expect((await changesSince(store, position)).map(({ request }) => request.id)).toEqual([kept.id])
    })

    test('forgets a share request that is erased, and does not expire', async () => {
      const { store } = await setUp()
      const erased = await pending(store)
      const kept = await pending(store)
      await store.erase(erased.id)
      expect((await changesSince(store, 0)).map(({ request }) => request.id)).toEqual([kept.id])
    })

    test('refuses a position that it has not reached', async () => {
      const { store } = await setUp()
      await pending(store)
      expect(await store.changesAfter((await store.lastChangePosition()) + 1, 10)).toBeNull()
    })
  })
}
