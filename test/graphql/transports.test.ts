import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { personas } from '../../portmone/sandbox/personas.ts'
import { connect, handleOf, key, prepareStage, stage, wrongSecret } from '../support/callers.ts'
import { transports } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'

prepareStage()

describe.each(Object.entries(transports))('share requests over %s', (_, make) => {
  test('a customer verifies, the partner reads the facts', async () => {
    const customer = connect(make)
    const partner = connect(make, key)
    const created = await create(customer, { reference: 'order-7' })
    const pending = await customer.run(operations.read, handleOf(created))
    expect(pending.data.shareRequest.status).toMatchObject({
      __typename: 'PendingStatus',
      version: 1,
      code: created.code,
      shareRequestId: created.id,
    })

    stage.sandbox.approve(created.code, 'adult')
    const checked = await customer.run(operations.check, { input: handleOf(created) })
    expect(checked.data.checkShareRequest).toMatchObject({
      __typename: 'ShareRequest',
      status: {
        __typename: 'ApprovedStatus',
        version: 2,
        outcome: {
          passed: true,
          checks: ['name-proven', 'adult', 'nationality-served'].map((name) => ({ name, verdict: 'PASSED' })),
        },
      },
    })

    const { facts } = (await partner.run(operations.facts, { id: created.id })).data.shareRequest
    const { fullName, dateOfBirth, nationality } = personas.adult.facts
    expect(facts).toMatchObject({ fullName, dateOfBirth, nationality, ageOver: true })
    const history = (await partner.run(operations.read, { id: created.id })).data.shareRequest.history
    expect(
      history.map((status: { __typename: string; version: number }) => [status.__typename, status.version]),
    ).toEqual([
      ['PendingStatus', 1],
      ['ApprovedStatus', 2],
    ])
  })

  test('a customer cancels; cancelling again is not an error, and nothing changes a cancelled share request', async () => {
    const customer = connect(make)
    const created = await create(customer)
    const input = { input: handleOf(created) }
    const expected = { __typename: 'ShareRequest', status: { __typename: 'CancelledStatus', version: 2 } }
    expect((await customer.run(operations.cancel, input)).data.cancelShareRequest).toMatchObject(expected)
    expect((await customer.run(operations.cancel, input)).data.cancelShareRequest).toMatchObject(expected)
    stage.sandbox.approve(created.code, 'adult')
    expect((await customer.run(operations.check, input)).data.checkShareRequest).toMatchObject(expected)
    expect(stage.sandbox.calls('facts', created.code).count).toBe(0)
  })

  test('an approval that Portmone has recorded wins over a cancel', async () => {
    const customer = connect(make)
    const created = await create(customer)
    stage.sandbox.approve(created.code, 'adult')
    const result = await customer.run(operations.cancel, { input: handleOf(created) })
    expect(result.data.cancelShareRequest).toMatchObject({
      __typename: 'InvalidTransition',
      status: { __typename: 'ApprovedStatus' },
    })
  })

  test('a wrong clientSecret is answered like an unknown id, and so is another request’s', async () => {
    const customer = connect(make)
    const created = await create(customer)
    const another = await create(customer)
    const handles = [
      { id: created.id, clientSecret: wrongSecret },
      { id: created.id, clientSecret: '' },
      { id: created.id, clientSecret: another.clientSecret },
      { id: randomUUID(), clientSecret: created.clientSecret },
      { id: 'no id at all', clientSecret: created.clientSecret },
    ]
    const notFound = {
      __typename: 'ShareRequestNotFound',
      message: expect.stringContaining('Share request not found'),
    }
    for (const handle of handles) {
      expect(await customer.run(operations.read, handle)).toEqual({ data: { shareRequest: null } })
      const checked = await customer.run(operations.check, { input: handle })
      expect(checked.data.checkShareRequest).toEqual(notFound)
      const cancelled = await customer.run(operations.cancel, { input: handle })
      expect(cancelled.data.cancelShareRequest).toEqual(notFound)
    }
  })

  test('without a clientSecret or a key, every id is refused as UNAUTHENTICATED', async () => {
    const customer = connect(make)
    const { id } = await create(customer)
    for (const handle of [{ id }, { id: randomUUID() }, { id, clientSecret: null }]) {
      const results = [
        await customer.run(operations.read, handle),
        await customer.run(operations.check, { input: handle }),
        await customer.run(operations.cancel, { input: handle }),
      ]
      for (const { errors } of results)
        expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
    }
  })

  test('errors in a document or its variables have a code that blames the caller', async () => {
    const customer = connect(make)
    const faults = {
      '{': 'GRAPHQL_PARSE_FAILED',
      '{ nothingOfTheKind }': 'GRAPHQL_VALIDATION_FAILED',
      'query ($id: ID!) { shareRequest(id: $id) { id } }': 'BAD_USER_INPUT',
      'query A { __typename } query B { __typename }': 'OPERATION_RESOLUTION_FAILURE',
      [`{ ${'a: __typename '.repeat(30)} }`]: 'QUERY_TOO_COMPLEX',
    }
    for (const [query, code] of Object.entries(faults)) {
      const { errors } = await customer.run(query)
      expect(errors).toMatchObject([{ message: expect.any(String) }])
      expect(errors?.[0]?.extensions, query).toEqual({ code })
      if (code === 'BAD_USER_INPUT') expect(errors?.[0]?.message).toContain('$id')
    }
    // The connection still works.
    expect((await customer.run(operations.policies)).errors).toBeUndefined()
  })
})

test('an invalid partner key fails the whole request', async () => {
  const bad = `pmk_${'0'.repeat(18)}_${'A'.repeat(43)}`
  const response = await fetch(`${stage.gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bad}` },
    body: JSON.stringify({ query: operations.policies }),
  })
  expect(response.status).toBe(401)
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
  await expect(connect(transports.WebSocket, bad).run(operations.policies)).rejects.toMatchObject({
    code: 4401,
  })
})

test('GraphQL requires POST', async () => {
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const response = await fetch(`${stage.gateway.url}/graphql?query={__typename}`, { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
  }
})
