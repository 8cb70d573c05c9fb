import { expect, test } from 'vitest'
import { overHttp } from '../support/clients.ts'
import { ShiftableClock } from '../support/clock.ts'
import { create, operations } from '../support/operations.ts'
import { startStage } from '../support/stage.ts'

const minutes = 60_000
/** A separate stage, because its clock is set forward. */
async function stageOf(clock: ShiftableClock) {
  const stage = await startStage({ clock })
  const customer = overHttp(stage.gateway.url)
  const secure = `${stage.gateway.url}/secure`
  const { code, ...handle } = await create(customer)
  return {
    approve: () => stage.sandbox.approve(code, 'adult'),
    check: async () =>
      (await customer.run(operations.check, { input: handle })).data.checkShareRequest.status.__typename,
    misbehave: stage.sandbox.misbehave,
    clearFaults: stage.sandbox.clearFaults,
    enter: (fields: Record<string, string> = {}) =>
      fetch(secure, {
        method: 'POST',
        body: new URLSearchParams({ ...handle, ...fields }),
        redirect: 'manual',
      }),
    look: (cookie: string, query = '') => fetch(secure + query, { headers: { cookie } }),
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  }
}
const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';', 1)[0] ?? ''

test('after the window neither the clientSecret nor an old cookie opens the secure page', async () => {
  const clock = new ShiftableClock()
  await using visit = await stageOf(clock)
  visit.approve()
  expect(await visit.check()).toBe('ApprovedStatus')
  const entered = await visit.enter()
  expect(entered.status).toBe(303)

  clock.advance(4 * minutes)
  // Opening the page again does not extend the window.
  const again = await visit.enter()
  expect(again.status).toBe(303)
  for (const response of [entered, again]) expect((await visit.look(cookieOf(response))).status).toBe(200)

  clock.advance(1 * minutes)
  const late = await visit.enter()
  expect(late.status).toBe(403)
  expect(late.headers.get('set-cookie')).toBeNull()
  for (const response of [late, await visit.look(cookieOf(entered)), await visit.look(cookieOf(again))]) {
    expect(response.status).toBe(403)
    const text = await response.text()
    expect(text).toContain('Your verification has expired')
    expect(text).not.toContain('Verify yourself')
    expect(text).toContain('<a href="/">Verify again</a>')
  }
})

test('the secure page says in Ukrainian that the verification has expired, and leads to the start', async () => {
  const clock = new ShiftableClock()
  await using visit = await stageOf(clock)
  visit.approve()
  await visit.check()
  const entered = await visit.enter()
  clock.advance(5 * minutes)
  for (const response of [
    await visit.enter({ lang: 'uk' }),
    await visit.look(cookieOf(entered), '?lang=uk'),
  ]) {
    const text = await response.text()
    expect(text).toContain('<html lang="uk">')
    expect(text).toContain('Термін дії вашої перевірки минув')
    expect(text).toContain('<a href="/?lang=uk">Пройти перевірку ще раз</a>')
  }
})

test('days later, while the share request is still stored, the secure page stays closed', async () => {
  const clock = new ShiftableClock()
  await using visit = await stageOf(clock)
  visit.approve()
  await visit.check()
  clock.advance(24 * 60 * minutes)
  const late = await visit.enter()
  expect(late.status).toBe(403)
  expect(await late.text()).toContain('Your verification has expired')
})

test('a clock that is set back does not open the secure page for longer', async () => {
  const clock = new ShiftableClock()
  await using visit = await stageOf(clock)
  visit.approve()
  await visit.check()
  clock.advance(-60 * minutes)
  expect((await visit.enter()).status).toBe(403)
})

test('lets in a customer who had to wait for the facts', async () => {
  const clock = new ShiftableClock()
  await using visit = await stageOf(clock)
  const fault = visit.misbehave({ kind: 'server-error', call: 'facts' })
  visit.approve()
  expect(await visit.check()).toBe('PendingStatus')
  clock.advance(6 * minutes)
  visit.clearFaults(fault)
  await expect.poll(visit.check).toBe('ApprovedStatus')
  expect((await visit.enter()).status).toBe(303)
})
