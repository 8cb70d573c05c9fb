import { randomUUID } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, test } from 'vitest'
import { connect, key, prepareStage, stage } from '../support/callers.ts'
import { type TestClient, transports } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'

prepareStage()

describe.each(Object.entries(transports))('creation over %s', (_, make) => {
  test('customers see and use the public policies, partners all of them', async () => {
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

  test('invalid input is answered with every issue, its place and how to fix it', async () => {
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

  test.each([
    ['nil', '00000000-0000-0000-0000-000000000000'],
    ['max', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
    ['version 1', 'c232ab00-9414-11ec-b3c8-9f6bdeced846'],
    ['version 2', '000003e8-9f3c-21ee-8200-5ea6c1d0b7f4'],
    ['version 3', '5df41881-3aed-3515-88a7-2f4a814cf09e'],
    ['version 5', '2ed6657d-e927-568b-95e1-2665a8aea6a2'],
    ['version 6', '1ec9414c-232a-6b00-b3c8-9f6bdeced846'],
    ['version 8', '2489e9ad-2ee2-8e00-8ec9-32d5f69181c0'],
    ['version 4, variant 0', '9b1deb4d-3b7d-4bad-1bdd-2b0d7b3dcb6d'],
    ['version 4, variant 110', '9b1deb4d-3b7d-4bad-cbdd-2b0d7b3dcb6d'],
    ['version 7, variant 111', '017f22e2-79b0-7cc3-e8c4-dc0c0c07398f'],
    ['without dashes', '9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d'],
    ['in braces', '{9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d}'],
    ['with white space', ' 9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d'],
    ['empty', ''],
    ['a placeholder of version 4', '00000000-0000-4000-8000-000000000000'],
    ['a counted placeholder', '00000000-0000-4000-8000-000000000042'],
    ['a placeholder with a time', '00000000-0000-4000-8000-001718123456'],
    ['one repeated digit', '11111111-1111-4111-8111-111111111111'],
    ['a repeated word', 'deadbeef-dead-4eef-8ead-beefdeadbeef'],
    ['digits in order', '12345678-1234-4234-8234-123456789012'],
    ['a time of version 7 and nothing random', '018f3a5c-7b21-7000-8000-000000000001'],
  ])('a key that is not random is refused with what to send: %s', async (_, idempotencyKey) => {
    const calls = stage.sandbox.calls('create').count
    const input = { policy: 'kyc-basic', idempotencyKey }
    for (const client of [connect(make), connect(make, key)]) {
      const { data } = await client.run(operations.create, { input })
      expect(data.createShareRequest).toMatchObject({
        __typename: 'InvalidInput',
        issues: [
          { path: ['input', 'idempotencyKey'], message: expect.stringContaining('crypto.randomUUID()') },
        ],
      })
    }
    expect(stage.sandbox.calls('create').count).toBe(calls)
  })

  test('a key of version 7 is accepted', async () => {
    const idempotencyKey = uuidv7()
    const customer = connect(make)
    expect(await create(customer, { idempotencyKey })).toEqual(await create(customer, { idempotencyKey }))
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
    // Keys are scoped to the caller: a partner who uses the same key gets another share request.
    expect((await create(connect(make, key), { idempotencyKey })).id).not.toBe(first.id)
  })

  test('concurrent creations with one key get one share request', async () => {
    const customer = connect(make)
    const idempotencyKey = randomUUID()
    const calls = stage.sandbox.calls('create').count
    const all = await Promise.all(Array.from({ length: 5 }, () => create(customer, { idempotencyKey })))
    expect(new Set(all.map(({ id }) => id)).size).toBe(1)
    expect(stage.sandbox.calls('create').count).toBe(calls + 1)
  })
})
