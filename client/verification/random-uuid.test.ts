import { afterEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { randomUuid } from './random-uuid.ts'

afterEach(() => vi.unstubAllGlobals())

test.each([true, false])('makes random UUIDs of version 4, in a secure context: %s', (isSecure) => {
  if (!isSecure) vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) })
  const uuids = Array.from({ length: 500 }, randomUuid)
  for (const uuid of uuids) expect(z.uuidv4().safeParse(uuid).success, uuid).toBe(true)
  expect(new Set(uuids).size).toBe(500)
})
