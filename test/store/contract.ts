import { describe, expect, test } from 'vitest'
import { makePartnerKey } from '../../server/share-requests/partner-keys.ts'
import { describeChangeLog } from './contract-change-log.ts'
import { describeClockSteps } from './contract-clock-steps.ts'
import { describeCreation } from './contract-creation.ts'
import { describeErasure } from './contract-erasure.ts'
import { describeLimits } from './contract-limits.ts'
import { describeListing } from './contract-listing.ts'
import { describeShareRequests } from './contract-share-requests.ts'
import { describeWork } from './contract-work.ts'
import type { StoreHarness } from './harness.ts'

/** The contract of every Store, whatever database it uses. `setUp` makes a new, empty one. */
export function describeStore(name: string, setUp: () => Promise<StoreHarness>): void {
  describe(name, () => {
    describeCreation(setUp)
    describeShareRequests(setUp)
    describeListing(setUp)
    describeLimits(setUp)
    describeErasure(setUp)
    describeChangeLog(setUp)
    describeClockSteps(setUp)
    describeWork(setUp)
    describePartnerKeys(setUp)
    describeUpkeep(setUp)
  })
}

function describePartnerKeys(setUp: () => Promise<StoreHarness>): void {
  describe('partner keys', () => {
    test('a key is found as it was stored, by every store on the data', async () => {
      const { store, another } = await setUp()
      const { stored } = makePartnerKey('shop', ['share-requests:read', 'facts:read'], store.now(), 5_000)
      await store.insertPartnerKey(stored)
      expect(await store.findPartnerKey(stored.id)).toEqual(stored)
      expect(await (await another()).findPartnerKey(stored.id)).toEqual(stored)
      expect(await store.findPartnerKey('unknown')).toBeNull()
    })

    test('they are listed newest first', async () => {
      const { store } = await setUp()
      const keys = ['old', 'newer', 'newest'].map((name, age) => makePartnerKey(name, [], age).stored)
      for (const key of [keys[1]!, keys[2]!, keys[0]!]) await store.insertPartnerKey(key)
      expect((await store.listPartnerKeys()).map(({ name }) => name)).toEqual(['newest', 'newer', 'old'])
    })

    test('a revocation keeps its first time', async () => {
      const { store } = await setUp()
      const { stored } = makePartnerKey('shop', [], store.now())
      await store.insertPartnerKey(stored)
      expect(await store.revokePartnerKey(stored.id, 1_000)).toBe(true)
      expect(await store.revokePartnerKey(stored.id, 2_000)).toBe(true)
      expect((await store.findPartnerKey(stored.id))?.revokedAt).toBe(1_000)
      expect(await store.revokePartnerKey('unknown', 1_000)).toBe(false)
    })
  })
}

function describeUpkeep(setUp: () => Promise<StoreHarness>): void {
  describe('upkeep', () => {
    test('counts the gateways that are alive', async () => {
      const { store, another } = await setUp()
      expect(await store.heartbeat('one', 60_000)).toBe(1)
      expect(await store.heartbeat('one', 60_000)).toBe(1)
      expect(await (await another()).heartbeat('two', 60_000)).toBe(2)
      expect(await store.heartbeat('two', 0)).toBe(1)
    })

    test('time is whole milliseconds since the epoch', async () => {
      const { store } = await setUp()
      expect(Number.isInteger(store.now())).toBe(true)
      expect(Math.abs(store.now() - Date.now())).toBeLessThan(1_000)
    })

    test('a writable store passes the check, any number of times', async () => {
      const { store } = await setUp()
      await store.check()
      await store.check()
    })

    test('a closed store rejects every call', async () => {
      const { another } = await setUp()
      const store = await another()
      await store.close()
      await expect(store.find('any')).rejects.toThrow()
      await expect(store.check()).rejects.toThrow()
      await store.close()
    })
  })
}
