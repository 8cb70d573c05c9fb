import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { cancelled, Heard, pending, reservation, type StoreHarness } from './harness.ts'

export function describeErasure(setUp: () => Promise<StoreHarness>): void {
  describe('erasure', () => {
    test('deletes a share request in any state with its work, and frees its key', async () => {
      const { store } = await setUp()
      const reserved = reservation()
      const open = await pending(store, reserved)
      const ended = await pending(store)
      await store.update(ended, cancelled(ended, store.now()), null)
      expect(await store.erase(open.id)).toBe(true)
      expect(await store.erase(ended.id)).toBe(true)
      expect(await store.findAll([open.id, ended.id])).toEqual([])
      expect(await store.nextWorkAt()).toBeNull()
      expect(await store.reserve({ ...reserved, id: randomUUID() })).toMatchObject({ kind: 'reserved' })
    })

    test('reports a missing share request, and keeps a reservation for its holder', async () => {
      const { store } = await setUp()
      const reserved = reservation()
      await store.reserve(reserved)
      expect(await store.erase(reserved.id)).toBe(false)
      expect(await store.erase(randomUUID())).toBe(false)
      expect(await store.reserve({ ...reserved, id: randomUUID() })).toEqual({ kind: 'busy' })
    })

    test('by another process reaches the gateway, which has read the share request before', async () => {
      const { store, another } = await setUp()
      const tool = await another()
      const request = await pending(store)
      await store.find(request.id)
      const heard = new Heard(store)
      expect(await tool.erase(request.id)).toBe(true)
      await store.heartbeat('gateway', 60_000)
      expect(['missed', { id: request.id, version: 1 }]).toContainEqual(await heard.next())
      expect(await store.find(request.id)).toBeNull()
    })
  })
}
