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

test.each([
  'f47ac10b-58cc-4372-a567-0e02b2c3d479',
  '550E8400-E29B-41D4-A716-446655440000',
  '017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
])('refuses a key that documentation gives as an example: %s', (key) => {
  expect(IdempotencyKey.safeParse(key).error?.issues[0]?.message).toContain('not a placeholder')
})
