import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { overHttp, overSse } from '../support/clients.ts'
import { ShiftableClock } from '../support/clock.ts'
import { create, operations } from '../support/operations.ts'
import { startStage } from '../support/stage.ts'

test('after the retention time a terminal share request is deleted with its history, and its clientSecret is invalid', async () => {
  const clock = new ShiftableClock()
  const retentionMs = 86_400_000
  await using stage = await startStage({ clock, config: { retentionMs } })
  const customer = overHttp(stage.gateway.url)
  const partner = overHttp(stage.gateway.url, await stage.partnerKey())
  const follower = overSse(stage.gateway.url)
  const idempotencyKey = randomUUID()
  const { code, ...handle } = await create(customer, { idempotencyKey })
  stage.sandbox.decline(code)
  await customer.run(operations.check, { input: handle })
  const found = async () => (await customer.run(operations.read, handle)).data.shareRequest

  clock.advance(retentionMs - 60_000)
  expect(await found()).toMatchObject({ history: [{ version: 1 }, { version: 2 }] })
  clock.advance(60_000)
  clock.advance(60_000)
  await expect.poll(found).toBeNull()

  const checked = await customer.run(operations.check, { input: handle })
  expect(checked.data.checkShareRequest.__typename).toBe('ShareRequestNotFound')
  const { value } = await follower.subscribe(operations.follow, handle).next()
  expect(value.errors[0].extensions.code).toBe('SHARE_REQUEST_NOT_FOUND')
  const listed = await partner.run(operations.list)
  expect(listed.data.shareRequests.edges).toEqual([])
  // The idempotency key can be used again.
  expect((await create(customer, { idempotencyKey })).id).not.toBe(handle.id)
  await follower.dispose()
})
