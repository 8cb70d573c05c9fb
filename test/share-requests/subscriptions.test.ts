import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { connect, handleOf, key, prepareStage, stage, wrongSecret } from '../support/callers.ts'
import { streamingTransports } from '../support/clients.ts'
import { create, operations, statusesOf } from '../support/operations.ts'

prepareStage()

describe.each(Object.entries(streamingTransports))('subscriptions over %s', (_, make) => {
  test('begin with the current status, send each change once, and complete', async () => {
    const customer = connect(make)
    const created = await create(customer)
    const first = customer.subscribe(operations.follow, handleOf(created))
    const second = connect(make, key).subscribe(operations.follow, { id: created.id })
    const begun = [await first.next(), await second.next()]
    expect(begun.map(({ value }) => value.data.shareRequestStatus)).toMatchObject([
      { __typename: 'PendingStatus', version: 1, code: created.code },
      { __typename: 'PendingStatus', version: 1, code: created.code },
    ])
    stage.sandbox.approve(created.code, 'adult')
    // Without a hint, the gateway learns it by polling.
    expect(await statusesOf(first)).toEqual([['ApprovedStatus', 2]])
    expect(await statusesOf(second)).toEqual([['ApprovedStatus', 2]])
    expect(stage.sandbox.calls('status', created.code).maxInFlight).toBe(1)
  })

  test('of a terminal share request send its status and complete', async () => {
    const customer = connect(make)
    const created = await create(customer)
    stage.sandbox.decline(created.code)
    await customer.run(operations.check, { input: handleOf(created) })
    const stream = customer.subscribe(operations.follow, handleOf(created))
    expect(await statusesOf(stream)).toEqual([['DeclinedStatus', 2]])
  })

  test('need the right clientSecret: a wrong one is refused like an unknown id', async () => {
    const customer = connect(make)
    const { id, clientSecret } = await create(customer)
    const codeOf = async (handle: Record<string, string>) =>
      (await customer.run(operations.follow, handle)).errors?.[0]?.extensions?.code
    expect(await codeOf({ id, clientSecret: wrongSecret })).toBe('SHARE_REQUEST_NOT_FOUND')
    expect(await codeOf({ id: randomUUID(), clientSecret })).toBe('SHARE_REQUEST_NOT_FOUND')
    expect(await codeOf({ id })).toBe('UNAUTHENTICATED')
    expect(await codeOf({ id: randomUUID() })).toBe('UNAUTHENTICATED')
  })

  test('carry no facts, whatever the key', async () => {
    const partner = connect(make, key)
    const created = await create(partner)
    stage.sandbox.approve(created.code, 'adult')
    await partner.run(operations.check, { input: { id: created.id } })
    const result = await partner.run(
      'subscription ($id: ID!) { shareRequestStatus(id: $id) { shareRequest { facts { fullName } } } }',
      { id: created.id },
    )
    expect(result.data.shareRequestStatus.shareRequest).toEqual({ facts: null })
    expect(result.errors?.[0]?.extensions?.code).toBe('FACTS_NOT_IN_SUBSCRIPTION')
  })

  test('that their subscriber leaves are released', async () => {
    const customer = connect(make)
    const created = await create(customer)
    const stream = customer.subscribe(operations.follow, handleOf(created))
    await stream.next()
    const followers = () => stage.gateway.subscribers
    expect(followers()).toBe(1)
    await stream.return?.()
    await expect.poll(followers).toBe(0)
  })
})
