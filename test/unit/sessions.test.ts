import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { Sessions } from '../../server/http/sessions.ts'
import { makePartnerKey, type PartnerKey } from '../../server/share-requests/partner-keys.ts'
import type { Store } from '../../server/share-requests/store.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** The sessions of a gateway with these keys. */
function startSessions(keys: PartnerKey[]) {
  const store: Pick<Store, 'now' | 'findPartnerKey'> = {
    now: Date.now,
    findPartnerKey: async (id) => keys.find((key) => key.id === id) ?? null,
  }
  const sessions = new Sessions(store as Store, (error) => {
    throw error
  })
  sessions.start()
  onTestFinished(() => sessions.stop())
  return sessions
}

const newKey = () => makePartnerKey('test', ['share-requests:read'], Date.now()).stored

test.each<[string, (key: PartnerKey) => void]>([
  ['revoked', (key) => (key.revokedAt = Date.now())],
  ['expired', (key) => (key.expiresAt = Date.now())],
])('ends the sessions of a key that is %s within half a second, and no others', async (_, end) => {
  const [key, other] = [newKey(), newKey()]
  const sessions = startSessions([key, other])
  const [socket, stream, otherSocket] = [vi.fn(), vi.fn(), vi.fn()]
  sessions.add(key.id, socket)
  sessions.add(key.id, stream)
  sessions.add(other.id, otherSocket)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(socket).not.toHaveBeenCalled()
  end(key)
  await vi.advanceTimersByTimeAsync(500)
  expect([socket, stream, otherSocket].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 0])
})

test('leaves out a session that has ended by itself', async () => {
  const key = newKey()
  const sessions = startSessions([key])
  const [ended, open] = [vi.fn(), vi.fn()]
  sessions.add(key.id, ended)()
  sessions.add(key.id, open)
  key.revokedAt = Date.now()
  await vi.advanceTimersByTimeAsync(500)
  expect([ended, open].map(({ mock }) => mock.calls.length)).toEqual([0, 1])
})
