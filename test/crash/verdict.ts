import { DatabaseSync } from 'node:sqlite'
import { expect } from 'vitest'
import { overHttp } from '../support/clients.ts'
import { operations } from '../support/operations.ts'
import type { Journey } from './customer.ts'

/** Pending, then the right terminal state: always the same one, and each at most once over one connection. */
export function expectRightEnd({ id, answer, seen }: Journey) {
  const end = answer === 'approve' ? 'ApprovedStatus' : 'DeclinedStatus'
  const told = new Map(seen.map(({ status }) => [status.version, status]))
  for (const { status } of seen) {
    expect(status).toMatchObject({ shareRequest: { id } })
    expect(status).toEqual(told.get(status.version))
    expect(status.__typename).toBe(status.version === 1 ? 'PendingStatus' : end)
  }
  const steps = seen.map(({ connection, status }) => [status.version, connection] as const)
  expect(steps).toEqual(steps.toSorted(([a, over], [b, next]) => a - b || over - next))
  expect(new Set(steps.map(String)).size).toBe(steps.length)
  expect(steps.at(-1)?.[0]).toBe(2)
}

/** The gateway has the state that the customer saw, the whole history, and the idempotency key. */
export async function expectRemembered(gatewayUrl: string, journey: Journey) {
  const client = overHttp(gatewayUrl)
  const { id, clientSecret, key, seen } = journey
  const { data } = await client.run(operations.read, { id, clientSecret })
  expect(seen.at(-1)?.status).toMatchObject(data.shareRequest.status)
  expect(data.shareRequest.history.map(({ version }: { version: number }) => version)).toEqual([1, 2])
  const again = await client.run(operations.create, {
    input: { policy: 'age-over-18', idempotencyKey: key },
  })
  expect(again.data.createShareRequest).toMatchObject({ clientSecret, shareRequest: { id } })
}

/** Portmone made only codes that customers were shown. `file` is the database of the stopped sandbox. */
export function expectNoOtherCodes(file: string, journeys: readonly Journey[]) {
  using phone = new DatabaseSync(file)
  const codes = journeys.map(({ code }) => code).sort()
  expect(column(phone, 'select code from share_requests order by code')).toEqual(codes)
}

export const column = (database: DatabaseSync, query: string) =>
  database
    .prepare(query)
    .all()
    .map((row) => Object.values(row)[0])
