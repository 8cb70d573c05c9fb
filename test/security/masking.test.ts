import { GraphQLError } from 'graphql'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import WebSocket from 'ws'
import { StoreUnavailable } from '../../server/share-requests/store.ts'
import { transports } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

describe.each(Object.entries(transports))('over %s', (_, connect) => {
  test('shows the caller only the id of an internal error, and logs the details', async () => {
    const client = connect(stage.gateway.url)
    const { id, clientSecret } = await create(client)
    const inner = 'SQLITE_IOERR: select * from share_requests in /var/lib/gateway/state.sqlite'
    for (const method of ['find', 'claim'] as const)
      vi.spyOn(stage.gateway.store, method).mockRejectedValue(new Error(inner))
    onTestFinished(() => void vi.restoreAllMocks())
    const runs = [
      client.run(operations.read, { id, clientSecret }),
      client.run(operations.check, { input: { id, clientSecret } }),
      ...(connect === transports.HTTP ? [] : [client.run(operations.follow, { id, clientSecret })]),
    ]
    for (const { errors } of await Promise.all(runs)) {
      const [{ message, extensions } = new GraphQLError('There was no error.')] = errors ?? []
      expect(message).toBe(`Unexpected error. Quote ${extensions.id} to the gateway's operator.`)
      expect(extensions).toEqual({
        code: 'INTERNAL_SERVER_ERROR',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      })
      const line = stage.logs.map((line) => JSON.parse(line)).find(({ errorId }) => errorId === extensions.id)
      expect(line).toMatchObject({
        level: 'error',
        err: { message: inner },
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      })
      expect(JSON.stringify(line)).not.toContain(clientSecret)
    }
    await client.dispose()
  })
})

test.each([
  ['FULL', true],
  ['DAMAGED', false],
] as const)(
  'a store that is %s gives an error with a code and without its location, and recovers',
  async (problem, retryable) => {
    const client = transports.HTTP(stage.gateway.url)
    const { id, clientSecret } = await create(client)
    const place = '/var/lib/gateway'
    const claim = vi
      .spyOn(stage.gateway.store, 'claim')
      .mockRejectedValue(new StoreUnavailable(problem, place))
    const { errors } = await client.run(operations.check, { input: { id, clientSecret } })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable })
    expect(JSON.stringify(errors)).not.toContain(place)
    claim.mockRestore()
    expect((await client.run(operations.read, { id, clientSecret })).data.shareRequest.id).toBe(id)
  },
)

test('gives every socket and every HTTP response an id', async () => {
  const open = (headers: Record<string, string>) => {
    const socket = new WebSocket(
      `${stage.gateway.url.replace('http', 'ws')}/graphql`,
      'graphql-transport-ws',
      {
        headers,
      },
    )
    return new Promise((resolve, reject) => {
      socket.once('upgrade', (response) => {
        socket.terminate()
        resolve(response.headers['x-request-id'])
      })
      socket.once('error', reject)
    })
  }
  expect(await open({})).toMatch(/^[0-9a-f-]{36}$/)
  expect(await open({ 'x-request-id': 'given-0001' })).toBe('given-0001')
  expect(await open({ 'x-request-id': 'too bad' })).toMatch(/^[0-9a-f-]{36}$/)
  for (const path of ['/', '/graphql', '/nothing'])
    expect((await fetch(stage.gateway.url + path)).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
})
