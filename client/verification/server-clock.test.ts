import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createServerClock } from './server-clock.ts'

test("is the device's clock until the gateway has answered", () => {
  const clock = createServerClock(() => 0)
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000)
  clock.observe(Number.NaN)
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000)
})

test("counts on from the gateway's time, whatever the device's clock does", () => {
  let monotonic = 500
  const clock = createServerClock(() => monotonic)
  clock.observe(1_000_000)
  expect(clock.now()).toBe(1_000_000)
  monotonic += 2_345
  expect(clock.now()).toBe(1_002_345)
})

test('is never ahead of the gateway, and behind by no more than the delay of the fastest answer', () => {
  const claim = fc.record({ pause: fc.nat(10_000), age: fc.nat(5_000) })
  fc.assert(
    fc.property(fc.array(claim, { minLength: 1 }), (claims) => {
      let monotonic = 0
      const truth = () => 1_700_000_000_000 + monotonic
      const clock = createServerClock(() => monotonic)
      for (const { pause, age } of claims) {
        monotonic += pause
        clock.observe(truth() - age)
        expect(clock.now()).toBeLessThanOrEqual(truth())
      }
      expect(truth() - clock.now()).toBe(Math.min(...claims.map(({ age }) => age)))
    }),
  )
})
