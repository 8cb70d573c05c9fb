import { expect, test, vi } from 'vitest'
import { readFacts } from '../../server/portmone/facts.ts'

const calendarDays = vi.hoisted(() => ({ built: 0 }))

vi.mock('zod/mini', async (original) => {
  const z = await original<typeof import('zod/mini')>()
  const date: typeof z.iso.date = (params) => {
    calendarDays.built++
    return z.iso.date(params)
  }
  return { ...z, iso: { ...z.iso, date } }
})

test('the schema of a calendar day is built once, not for each answer', () => {
  const answer = { provenAt: '2026-11-24T10:00:00Z', facts: { dateOfBirth: '1990-05-12' } }
  for (let i = 0; i < 3; i++)
    expect(readFacts(answer, Date.UTC(2026, 10, 24), () => {})).toMatchObject({ dateOfBirth: '1990-05-12' })
  expect(calendarDays.built).toBe(1)
})
