import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { connect, key, prepareStage, stage } from '../support/callers.ts'
import { type TestClient, transports } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'

prepareStage()

describe.each(Object.entries(transports))('creation over %s', (_, make) => {
  test('a customer sees and uses the public policies, a partner all', async () => {
    const names = async (client: TestClient) =>
      (await client.run(operations.policies)).data.policies.map(({ name }: { name: string }) => name)
    expect(await names(connect(make))).toEqual(['age-over-18', 'kyc-basic'])
    expect(await names(connect(make, key))).toEqual(['age-over-18', 'kyc-basic', 'kyc-full'])
    const input = { policy: 'kyc-full', idempotencyKey: randomUUID() }
    const refused = await connect(make).run(operations.create, { input })
    expect(refused.data.createShareRequest).toMatchObject({
      __typename: 'UnknownPolicy',
      policies: ['age-over-18', 'kyc-basic'],
    })
    const made = await connect(make, key).run(operations.create, { input })
    expect(made.data.createShareRequest).toMatchObject({
      __typename: 'CreateShareRequestSuccess',
      shareRequest: { createdBy: 'PARTNER' },
    })
  })

  test('bad input is answered with every fault, its place and its mend', async () => {
    const result = await connect(make).run(operations.create, {
      input: { policy: 'kyc-basic', idempotencyKey: 'one', reference: 'r'.repeat(201) },
    })
    expect(result.data.createShareRequest).toMatchObject({
      __typename: 'InvalidInput',
      issues: [
        { path: ['input', 'idempotencyKey'], message: expect.stringContaining('UUID') },
        { path: ['input', 'reference'], message: expect.stringContaining('200') },
      ],
    })
  })

  test('the same key with the same input gives the same share request; with other input it is a conflict', async () => {
    const customer = connect(make)
    const idempotencyKey = randomUUID()
    const first = await create(customer, { idempotencyKey })
    expect(await create(customer, { idempotencyKey: idempotencyKey.toUpperCase() })).toEqual(first)
    const other = await customer.run(operations.create, {
      input: { policy: 'kyc-basic', idempotencyKey, reference: 'another' },
    })
    expect(other.data.createShareRequest).toMatchObject({ __typename: 'IdempotencyConflict' })
    // The key is the caller's own: a partner who happens to use the same one gets a share request of their own.
    expect((await create(connect(make, key), { idempotencyKey })).id).not.toBe(first.id)
  })

  test('racers with one key get one share request', async () => {
    const customer = connect(make)
    const idempotencyKey = randomUUID()
    const calls = stage.sandbox.calls('create').count
    const all = await Promise.all(Array.from({ length: 5 }, () => create(customer, { idempotencyKey })))
    expect(new Set(all.map(({ id }) => id)).size).toBe(1)
    expect(stage.sandbox.calls('create').count).toBe(calls + 1)
  })
})
