import { randomUUID } from 'node:crypto'
import { v7 } from 'uuid'
import { expect, test } from 'vitest'
import { IdempotencyKey } from '../../server/share-requests/idempotency-key.ts'

test.each([
  ['crypto.randomUUID()', randomUUID],
  ['version 7', () => v7()],
])('none of 100 000 random keys looks made up: %s', (_, make) => {
  const refused = Array.from({ length: 100_000 }, make).filter(
    (key) => !IdempotencyKey.safeParse(key).success,
  )
  expect(refused).toEqual([])
})
