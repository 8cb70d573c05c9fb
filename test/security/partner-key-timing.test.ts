import { expect, test } from 'vitest'
import { makePartnerKey, partnerOf } from '../../server/share-requests/partner-keys.ts'
import { startDomain } from '../unit/domain.ts'

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0

test('takes as long to refuse a wrong key with a known id as with an unknown id', async () => {
  const { store } = await startDomain()
  const { key, stored } = makePartnerKey('test', ['facts:read'], 0)
  await store.insertPartnerKey(stored)
  const secret = 'A'.repeat(43)
  const timed = async (id: string) => {
    const start = performance.now()
    expect(await partnerOf(store, `pmk_${id}_${secret}`, 1)).toBeNull()
    return performance.now() - start
  }
  expect(await partnerOf(store, key, 1)).toMatchObject({ keyId: stored.id })
  const known: number[] = []
  const unknown: number[] = []
  for (let round = 0; round < 3_000; round++) {
    known.push(await timed(stored.id))
    unknown.push(await timed('0'.repeat(18)))
  }
  // Without the comparison of hashes for unknown ids, the ratio is above 1.6.
  expect(median(known) / median(unknown)).toBeLessThan(1.35)
})
