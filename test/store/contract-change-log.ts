import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import {
  type ChangeCursor,
  cursorOf,
  type LoggedChange,
  type Store,
} from '../../server/share-requests/store.ts'
import { cancelled, minute, pending, type StoreHarness } from './harness.ts'

const summary = ({ request: { id, version, state } }: LoggedChange) => ({ id, version, state })

const beginning: ChangeCursor = { position: 0, changedAt: null }

/** Everything in the log after `cursor`. */
async function changesSince(store: Store, cursor: ChangeCursor): Promise<LoggedChange[]> {
  const changes = await store.changesAfter(cursor, 1_000)
  if (changes === null) throw new Error(`the log has expired at ${cursor.position}`)
  return changes
}

export function describeChangeLog(setUp: () => Promise<StoreHarness>): void {
  describe('the log of changes', () => {
    test('has each version once, as it was, in the order in which it was made', async () => {
      const { store, another } = await setUp()
      expect(await store.lastChange()).toEqual(beginning)
      const first = await pending(store)
      const second = await pending(store)
      const approved = { ...first, approvedAt: store.now() }
      await store.update(first, approved, store.now())
      const end = cancelled(approved, store.now())
      await store.update(approved, end, null)

      const changes = await changesSince(store, beginning)
      expect(changes.map(summary)).toEqual([
        { id: first.id, version: 1, state: 'PENDING' },
        { id: second.id, version: 1, state: 'PENDING' },
        { id: first.id, version: 2, state: 'CANCELLED' },
      ])
      expect(changes[0]?.request).toEqual(first)
      expect(changes[2]?.request).toEqual(end)
      const positions = changes.map(({ position }) => position)
      expect(positions).toEqual([...positions].sort((a, b) => a - b))
      const cursors = changes.map(cursorOf)
      expect(await store.lastChange()).toEqual(cursors[2])
      expect(await store.changesAfter(cursors[0]!, 1)).toEqual([changes[1]])
      expect(await changesSince(await another(), cursors[1]!)).toEqual([changes[2]])
      expect(await store.changesAfter(cursors[2]!, 10)).toEqual([])
    })

    test('does not record an update that lost a race', async () => {
      const { store } = await setUp()
      const request = await pending(store)
      const end = cancelled(request, store.now())
      const won = await Promise.all([store.update(request, end, null), store.update(request, end, null)])
      expect(won.sort()).toEqual([false, true])
      expect((await changesSince(store, beginning)).map(({ request }) => request.version)).toEqual([1, 2])
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
      let cursor = beginning
      while (seen.length < 120) {
        seen.push(...((await store.changesAfter(cursor, 7)) ?? []))
        const last = seen.at(-1)
        if (last !== undefined) cursor = cursorOf(last)
        await setImmediate()
      }
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
      const cursor = await store.lastChange()
      clock.advance(minute)
      expect(await store.deleteBefore(store.now(), 10)).toBe(1)

      expect(await store.changesAfter(beginning, 10)).toBeNull()
      expect(await store.changesAfter({ ...cursor, position: cursor.position - 1 }, 10)).toBeNull()
      expect(await store.changesAfter(cursor, 10)).toEqual([])
      await store.update(kept, cancelled(kept, store.now()), null)
      expect((await changesSince(store, cursor)).map(({ request }) => request.id)).toEqual([kept.id])
    })

    test('forgets a share request that is erased, and does not expire', async () => {
      const { store } = await setUp()
      const erased = await pending(store)
      const kept = await pending(store)
      await store.erase(erased.id)
      expect((await changesSince(store, beginning)).map(({ request }) => request.id)).toEqual([kept.id])
    })

    test('refuses a position that it has not reached', async () => {
      const { store } = await setUp()
      await pending(store)
      const { position } = await store.lastChange()
      expect(await store.changesAfter({ position: position + 1, changedAt: null }, 10)).toBeNull()
    })

    test('refuses a cursor whose change was lost in a restore and another one has its position', async () => {
      const { store } = await setUp()
      const request = await pending(store)
      const cursor = await store.lastChange()
      const lost = { ...cursor, changedAt: request.changedAt - 1 }
      expect(await store.changesAfter(lost, 10)).toBeNull()
      await store.update(request, cancelled(request, store.now()), null)
      expect(await store.changesAfter(lost, 10)).toBeNull()
      expect(await changesSince(store, cursor)).toHaveLength(1)
    })

    test('goes on from a cursor whose share request was erased', async () => {
      const { store } = await setUp()
      const erased = await pending(store)
      const cursor = await store.lastChange()
      await store.erase(erased.id)
      expect(await store.lastChange()).toEqual({ ...cursor, changedAt: null })
      const kept = await pending(store)
      expect((await changesSince(store, cursor)).map(({ request }) => request.id)).toEqual([kept.id])
    })
  })
}
