import { describe, expect, test } from 'vitest'
import { connect, handleOf, key, prepareStage, stage } from '../support/callers.ts'
import { overHttp, type TestClient, transports } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'
import { startStage } from '../support/stage.ts'

prepareStage()

describe.each(Object.entries(transports))('facts over %s', (_, make) => {
  test('facts are refused with the reason to everyone without facts:read', async () => {
    const customer = connect(make)
    const created = await create(customer)
    const codeOf = async (client: TestClient, handle: object) => {
      const result = await client.run(operations.facts, { ...handle })
      expect(result.data.shareRequest).toEqual({ facts: null })
      return result.errors?.[0]?.extensions?.code
    }
    expect(await codeOf(connect(make, key), { id: created.id })).toBe('SHARE_REQUEST_NOT_APPROVED')
    stage.sandbox.approve(created.code, 'adult')
    await customer.run(operations.check, { input: handleOf(created) })
    expect(await codeOf(customer, handleOf(created))).toBe('UNAUTHENTICATED')
    const reader = await stage.partnerKey(['share-requests:read'])
    expect(await codeOf(connect(make, reader), { id: created.id })).toBe('FORBIDDEN')
    expect(stage.sandbox.calls('facts', created.code).count).toBe(1)
  })

  test('a fact that the policy did not ask for is an error, not null', async () => {
    const created = await create(connect(make), { policy: 'age-over-18' })
    stage.sandbox.approve(created.code, 'adult')
    const partner = connect(make, key)
    await partner.run(operations.check, { input: { id: created.id } })
    const result = await partner.run(operations.facts, { id: created.id })
    expect(result.data.shareRequest.facts).toMatchObject({ fullName: null, dateOfBirth: null, ageOver: true })
    expect(result.errors?.map(({ path, extensions }) => [path?.at(-1), extensions?.code])).toEqual([
      ['fullName', 'FACT_NOT_REQUESTED'],
      ['dateOfBirth', 'FACT_NOT_REQUESTED'],
      ['nationality', 'FACT_NOT_REQUESTED'],
    ])
  })

  test.each([0, -5, 151])('ageOver refuses %i years', async (years) => {
    const created = await create(connect(make), { policy: 'age-over-18' })
    stage.sandbox.approve(created.code, 'adult')
    const partner = connect(make, key)
    await partner.run(operations.check, { input: { id: created.id } })
    const { data, errors } = await partner.run(
      'query ($id: ID!, $years: Int!) { shareRequest(id: $id) { facts { ageOver(years: $years) } } }',
      { id: created.id, years },
    )
    expect(data.shareRequest.facts).toEqual({ ageOver: null })
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    expect(errors?.[0]?.message).toBe(`years must be between 1 and 150 (got ${years}).`)
  })

  test('facts selected several times are fetched once', async () => {
    const created = await create(connect(make))
    stage.sandbox.approve(created.code, 'adult')
    const partner = connect(make, key)
    await partner.run(operations.check, { input: { id: created.id } })
    const before = stage.sandbox.calls('facts', created.code).count
    const result = await partner.run(
      `query ($id: ID!) {
        a: shareRequest(id: $id) { facts { fullName } again: facts { nationality } }
        b: shareRequest(id: $id) { facts { fullName } }
      }`,
      { id: created.id },
    )
    expect(result.errors).toBeUndefined()
    expect(stage.sandbox.calls('facts', created.code).count).toBe(before + 1)
  })
})

test('each partner key may read facts a limited number of times per minute', async () => {
  await using limited = await startStage({ config: { factsPerMinute: 2 } })
  const created = await create(overHttp(limited.gateway.url))
  limited.sandbox.approve(created.code, 'adult')
  const reader = overHttp(limited.gateway.url, await limited.partnerKey())
  await reader.run(operations.check, { input: { id: created.id } })
  for (let count = 0; count < 2; count++)
    expect((await reader.run(operations.facts, { id: created.id })).errors).toBeUndefined()
  const before = limited.sandbox.calls('facts').count
  const { data, errors } = await reader.run(operations.facts, { id: created.id })
  expect(data.shareRequest).toEqual({ facts: null })
  expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfter: expect.any(Number) } }])
  expect(limited.sandbox.calls('facts').count).toBe(before)
  const other = overHttp(limited.gateway.url, await limited.partnerKey())
  expect((await other.run(operations.facts, { id: created.id })).errors).toBeUndefined()
})
