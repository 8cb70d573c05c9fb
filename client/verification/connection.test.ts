// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FakeGateway } from '../test/fake-gateway.ts'

let fake: FakeGateway

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(1)
  fake = new FakeGateway()
})

afterEach(() => {
  fake.restore()
  vi.useRealTimers()
})

const follow = () =>
  fake.gateway.client
    .subscription('subscription ($id: ID!) { shareRequestStatus(id: $id) { version } }', { id: '1' })
    .subscribe(() => {})

async function followed() {
  const subscription = follow()
  await vi.advanceTimersByTimeAsync(0)
  expect(fake.subscriptions.size).toBe(1)
  return subscription
}

test('opens with the first subscription and closes after the last, which is not a lost connection', async () => {
  expect(fake.sockets).toBe(0)
  const subscription = await followed()
  expect(fake.sockets).toBe(1)
  subscription.unsubscribe()
  await vi.advanceTimersByTimeAsync(0)
  expect(fake.sockets).toBe(0)
  expect(fake.gateway.connection.isLost()).toBe(false)
})

test('reopens a socket that has fallen silent', async () => {
  const told = vi.fn()
  const stop = fake.gateway.connection.onChange(told)
  const subscription = await followed()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(told).not.toHaveBeenCalled()

  fake.isSilent = true
  await vi.advanceTimersByTimeAsync(15_000)
  expect(fake.gateway.connection.isLost()).toBe(true)
  fake.isSilent = false
  await vi.advanceTimersByTimeAsync(1_000)
  expect(fake.gateway.connection.isLost()).toBe(false)
  expect(fake.subscriptions.size).toBe(1)
  expect(told).toHaveBeenCalledTimes(2)
  stop()
  subscription.unsubscribe()
})

test('attempts come at backoffMs distances, half a minute at most, and at once when the network is back', async () => {
  const subscription = await followed()
  fake.isReachable = false
  const attempts = () => fake.opened
  fake.breakSockets()
  for (const pause of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    const before = attempts()
    await vi.advanceTimersByTimeAsync(pause - 1)
    expect(attempts()).toBe(before)
    await vi.advanceTimersByTimeAsync(1)
    expect(attempts()).toBe(before + 1)
  }
  fake.isReachable = true
  window.dispatchEvent(new Event('online'))
  await vi.advanceTimersByTimeAsync(0)
  expect(fake.gateway.connection.isLost()).toBe(false)
  subscription.unsubscribe()
})
