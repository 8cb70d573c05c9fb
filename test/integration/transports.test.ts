import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { personas } from '../../portmone/sandbox/personas.ts'
import { overHttp, streamingTransports, type TestClient, transports } from '../clients.ts'
import { type Stage, startStage } from '../stage.ts'
import { type Created, create, everythingOf, operations } from './operations.ts'

let stage: Stage
let key: string
const clients: TestClient[] = []

beforeAll(async () => {
  stage = await startStage()
  key = await stage.partnerKey()
})

afterAll(async () => {
  await Promise.all(clients.map((client) => client.dispose()))
  await stage[Symbol.asyncDispose]()
})

const connect = (make: typeof overHttp, withKey?: string): TestClient => {
  const client = make(stage.gateway.url, withKey)
  clients.push(client)
  return client
}

const handleOf = ({ id, clientSecret }: Created) => ({ id, clientSecret })
const wrongSecret = 'A'.repeat(43)

describe.each(Object.entries(transports))('over %s', (_, make) => {
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

  test('a customer cancels; cancelling again is no error, and nothing changes a cancelled one', async () => {
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

  test('an approval that Portmone knows of wins over a cancel', async () => {
    const customer = connect(make)
    const created = await create(customer)
    stage.sandbox.approve(created.code, 'adult')
    const result = await customer.run(operations.cancel, { input: handleOf(created) })
    expect(result.data.cancelShareRequest).toMatchObject({
      __typename: 'InvalidTransition',
      status: { __typename: 'ApprovedStatus' },
    })
  })

  test('a wrong, a missing and another request’s clientSecret look like a missing id', async () => {
    const customer = connect(make)
    const created = await create(customer)
    const another = await create(customer)
    const handles = [
      { id: created.id, clientSecret: wrongSecret },
      { id: created.id, clientSecret: '' },
      { id: created.id },
      { id: created.id, clientSecret: another.clientSecret },
      { id: randomUUID(), clientSecret: created.clientSecret },
      { id: 'no id at all', clientSecret: created.clientSecret },
    ]
    const notFound = {
      __typename: 'ShareRequestNotFound',
      message: expect.stringContaining('no such share request'),
    }
    for (const handle of handles) {
      expect(await customer.run(operations.read, handle)).toEqual({ data: { shareRequest: null } })
      const checked = await customer.run(operations.check, { input: handle })
      expect(checked.data.checkShareRequest).toEqual(notFound)
      const cancelled = await customer.run(operations.cancel, { input: handle })
      expect(cancelled.data.cancelShareRequest).toEqual(notFound)
    }
  })

  test('facts are refused with the reason to everyone but a partner who may', async () => {
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

  test('a fact that the policy did not ask for is an error, and not a null', async () => {
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

  test('facts selected often are pulled once', async () => {
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

  test('only a partner who may read lists share requests', async () => {
    const codeOf = async (client: TestClient) =>
      (await client.run(operations.list)).errors?.[0]?.extensions?.code
    expect(await codeOf(connect(make))).toBe('UNAUTHENTICATED')
    expect(await codeOf(connect(make, await stage.partnerKey(['facts:read'])))).toBe('FORBIDDEN')
    expect(await codeOf(connect(make, key))).toBeUndefined()
  })

  test('a syntax error, an unknown field and a missing variable are the caller’s own faults', async () => {
    const customer = connect(make)
    for (const query of ['{', '{ nothingOfTheKind }', 'query ($id: ID!) { shareRequest(id: $id) { id } }']) {
      const { errors } = await customer.run(query)
      expect(errors?.[0]?.message).not.toContain('Unexpected error')
      expect(errors?.[0]?.extensions?.code).not.toBe('INTERNAL_SERVER_ERROR')
    }
    // The connection is as good as before.
    expect((await customer.run(operations.policies)).errors).toBeUndefined()
  })
})

describe.each(Object.entries(streamingTransports))('subscriptions over %s', (_, make) => {
  const types = (results: { data: { shareRequestStatus: { __typename: string; version: number } } }[]) =>
    results.map(({ data }) => [data.shareRequestStatus.__typename, data.shareRequestStatus.version])

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
    // Nobody gives a hint: the gateway learns it by itself.
    expect(types((await everythingOf(first)) as never)).toEqual([['ApprovedStatus', 2]])
    expect(types((await everythingOf(second)) as never)).toEqual([['ApprovedStatus', 2]])
    expect(stage.sandbox.calls('status', created.code).maxInFlight).toBe(1)
  })

  test('of a terminal share request send its status and complete', async () => {
    const customer = connect(make)
    const created = await create(customer)
    stage.sandbox.decline(created.code)
    await customer.run(operations.check, { input: handleOf(created) })
    const all = await everythingOf(customer.subscribe(operations.follow, handleOf(created)))
    expect(types(all as never)).toEqual([['DeclinedStatus', 2]])
  })

  test('are refused like a missing id without the right clientSecret', async () => {
    const customer = connect(make)
    const created = await create(customer)
    for (const handle of [
      { id: created.id },
      { id: created.id, clientSecret: wrongSecret },
      { id: randomUUID() },
    ]) {
      const { errors } = await customer.run(operations.follow, handle)
      expect(errors?.[0]?.extensions?.code).toBe('SHARE_REQUEST_NOT_FOUND')
    }
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

  test('that their subscriber leaves are let go', async () => {
    const customer = connect(make)
    const created = await create(customer)
    const stream = customer.subscribe(operations.follow, handleOf(created))
    await stream.next()
    const followers = () => stage.gateway.followers
    expect(followers()).toBe(1)
    await stream.return?.()
    await expect.poll(followers).toBe(0)
  })
})

test('a key that is no good is refused as a whole', async () => {
  const bad = `pmk_${'0'.repeat(18)}_${'A'.repeat(43)}`
  const response = await fetch(`${stage.gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bad}` },
    body: JSON.stringify({ query: operations.policies }),
  })
  expect(response.status).toBe(401)
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
  await expect(connect(transports.WebSocket, bad).run(operations.policies)).rejects.toMatchObject({
    code: 4403,
  })
})

test('GraphQL is answered on POST only', async () => {
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const response = await fetch(`${stage.gateway.url}/graphql?query={__typename}`, { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
  }
})

test('a list is paged newest first and filtered', async () => {
  const partner = connect(overHttp, key)
  const reference = randomUUID()
  const ids: string[] = []
  for (let count = 0; count < 5; count++) ids.unshift((await create(partner, { reference })).id)
  const filter = { reference, policy: 'kyc-basic', status: ['PENDING'] }
  const pages: string[][] = []
  let after: string | null = null
  do {
    const { data } = await partner.run(operations.list, { first: 2, after, filter })
    pages.push(data.shareRequests.edges.map(({ node }: { node: { id: string } }) => node.id))
    const { pageInfo } = data.shareRequests
    expect(pageInfo.hasPreviousPage).toBe(after !== null)
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null
  } while (after !== null)
  expect(pages.flat()).toEqual(ids)
  expect(pages.map(({ length }) => length)).toEqual([2, 2, 1])
  const none = await partner.run(operations.list, { filter: { ...filter, status: ['APPROVED'] } })
  expect(none.data.shareRequests.edges).toEqual([])
})

test.each([
  [{ first: 0 }, /first: ask for 1 to 100/],
  [{ first: 101 }, /first: ask for 1 to 100/],
  [{ after: 'nonsense' }, /after: this is no cursor/],
])('a list asked for with %o is refused with the mend', async (variables, message) => {
  const { errors } = await connect(overHttp, key).run(operations.list, variables)
  expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT')
  expect(errors?.[0]?.message).toMatch(message)
})
