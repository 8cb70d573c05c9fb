import { once } from 'node:events'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { operations } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'

let stage: Stage
let key: string
beforeAll(async () => {
  stage = await startStage()
  key = await stage.partnerKey()
})
afterAll(() => stage[Symbol.asyncDispose]())

const unknownKey = `pmk_${'0'.repeat(18)}_${'A'.repeat(43)}`
const list = '{ shareRequests { pageInfo { hasNextPage } } }'
const post = (headers: Record<string, string>, body = JSON.stringify({ query: list }), path = '/graphql') =>
  fetch(`${stage.gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
const socketUrl = (path = '/graphql') => `${stage.gateway.url.replace('http', 'ws')}${path}`

/** The answer to `connection_init`: the type of the message, or the close code and reason. */
async function openSocket(payload: unknown, headers: Record<string, string> = {}, path?: string) {
  const socket = new WebSocket(socketUrl(path), 'graphql-transport-ws', { headers })
  await once(socket, 'open')
  const answered = Promise.race([
    once(socket, 'message').then(([data]) => JSON.parse(String(data)).type),
    once(socket, 'close').then(([code, reason]) => `${code} ${reason}`),
  ])
  socket.send(JSON.stringify({ type: 'connection_init', payload }))
  const answer = await answered
  if (answer !== 'connection_ack') return answer
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: list } }))
  const [data] = await once(socket, 'message')
  socket.terminate()
  const { payload: result } = JSON.parse(String(data))
  return result.data?.shareRequests ? 'partner' : result.errors?.[0]?.extensions?.code
}

describe('a partner key over WebSocket', () => {
  test.each([
    ['connectionParams.authorization', (key: string) => ({ authorization: key })],
    ['connectionParams.Authorization', (key: string) => ({ Authorization: key })],
    ['connectionParams.headers.authorization', (key: string) => ({ headers: { authorization: key } })],
    ['connectionParams.headers.Authorization', (key: string) => ({ headers: { Authorization: key } })],
    ['two places alike', (key: string) => ({ authorization: key, headers: { AUTHORIZATION: key } })],
  ])('is accepted as %s', async (_, params) => {
    expect(await openSocket(params(`Bearer ${key}`))).toBe('partner')
    expect(await openSocket(params(`Bearer ${unknownKey}`))).toMatch(/^4401 The partner key is unknown/)
  })

  test('is accepted in the header of the upgrade request', async () => {
    expect(await openSocket(undefined, { authorization: `Bearer ${key}` })).toBe('partner')
    expect(await openSocket({}, { Authorization: `Bearer ${unknownKey}` })).toMatch(/^4401 The partner key/)
  })

  test('is refused if two different ones are sent', async () => {
    const conflicting = { authorization: `Bearer ${key}`, headers: { authorization: `Bearer ${unknownKey}` } }
    expect(await openSocket(conflicting)).toMatch(/^4401 Several different Authorizations/)
    expect(await openSocket({ authorization: `Bearer ${key}` }, { authorization: 'Basic eA==' })).toMatch(
      /^4401 Several/,
    )
  })

  test('makes a graphql-ws client give up at once if it is wrong', async () => {
    const closed: unknown[] = []
    const client = createClient({
      url: socketUrl(),
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${unknownKey}` },
      retryAttempts: 5,
      on: { closed: (event) => void closed.push((event as { code: number }).code) },
    })
    const events = client.iterate({ query: list })
    await expect(events.next()).rejects.toMatchObject({ code: 4401 })
    expect(closed).toEqual([4401])
  })

  test.each([undefined, null, {}, { other: 1 }, { headers: null }, { authorization: null }])(
    'is none in %j',
    async (payload) => expect(await openSocket(payload)).not.toBe('partner'),
  )
})

describe('an Authorization', () => {
  test.each<[string, (key: string) => string, RegExp]>([
    ['a key without Bearer', (key) => key, /has a key without "Bearer".*Send "Bearer <key>"/],
    ['another scheme', () => 'Basic eDp5', /must use the scheme "Bearer"/],
    ['Bearer without a key', () => 'Bearer', /no key after "Bearer"/],
    ['a key with white space', (key) => `Bearer ${key} x`, /white space/],
    ['an unknown key', () => `Bearer ${unknownKey}`, /unknown, revoked or expired/],
  ])('that is %s is refused with the reason', async (_, authorization, message) => {
    const response = await post({ authorization: authorization(key) })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    const { errors } = (await response.json()) as { errors: { message: string; extensions: object }[] }
    expect(errors[0]?.message).toMatch(message)
    expect(errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' })
    expect(await openSocket({ authorization: authorization(key) })).toMatch(/^4401 The /)
  })

  test.each(['', ' '])('that is %j on a socket is empty', async (authorization) => {
    expect(await openSocket({ authorization })).toMatch(/^4401 The Authorization is empty/)
  })

  test.each([1, {}, ['Bearer x']])('that is %j on a socket must be a string', async (authorization) => {
    expect(await openSocket({ authorization })).toMatch(/^4401 The Authorization must be a string/)
  })

  test('may have its scheme in any case and extra white space', async () => {
    for (const authorization of [`bearer ${key}`, `BEARER   ${key}`]) {
      const response = await post({ authorization })
      expect(await response.json()).toMatchObject({ data: { shareRequests: {} } })
    }
  })
})

test.each(['Application/JSON', 'application/json ; charset=utf-8', 'APPLICATION/json;charset=UTF-8'])(
  'the content type %s is JSON',
  async (contentType) => {
    for (const body of [{ query: '{ __typename }' }, { query: '{ __typename }', other: undefined }]) {
      const response = await post({ 'content-type': contentType }, JSON.stringify(body))
      expect(await response.json()).toEqual({ data: { __typename: 'Query' } })
    }
  },
)

test.each(['application/jsonx', 'text/plain', 'multipart/form-data', ''])(
  'the content type %j is not JSON',
  async (contentType) => {
    const response = await post({ 'content-type': contentType })
    expect(response.status).toBe(415)
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }],
    })
  },
)

test('/graphql/ is answered like /graphql, on all transports', async () => {
  const response = await post({ authorization: `Bearer ${key}` }, undefined, '/graphql/')
  expect(await response.json()).toMatchObject({ data: { shareRequests: {} } })
  expect(await openSocket({ authorization: `Bearer ${key}` }, {}, '/graphql/')).toBe('partner')
  const get = await fetch(`${stage.gateway.url}/graphql/`)
  expect(get.status).toBe(405)
})

test.each(['*/*', 'multipart/mixed', 'text/event-stream'])(
  'OPTIONS is answered 405, for %s',
  async (accept) => {
    const response = await fetch(`${stage.gateway.url}/graphql`, { method: 'OPTIONS', headers: { accept } })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
    expect(await response.json()).toEqual({
      errors: [{ message: 'Use POST.', extensions: { code: 'METHOD_NOT_ALLOWED' } }],
    })
  },
)

test.each(['application/json', 'application/graphql-response+json', '*/*'])(
  'invalid JSON is refused without an echo of it, for %s',
  async (accept) => {
    for (const body of ['{"query": secret-of-somebody', 'secret-of-somebody', '{"a":1}secret-of-somebody']) {
      const response = await post({ accept }, body)
      const text = await response.text()
      expect(response.status).toBe(400)
      expect(JSON.parse(text)).toEqual({
        errors: [{ message: 'The body is not valid JSON.', extensions: { code: 'BAD_REQUEST' } }],
      })
    }
  },
)
test.each(['application/json', 'application/graphql-response+json'])(
  'a subscription over a plain HTTP link is refused with what to use instead, for %s',
  async (accept) => {
    const body = JSON.stringify({ query: operations.follow, variables: { id: 'x', clientSecret: 'y' } })
    const response = await post({ accept }, body)
    expect(response.status).toBe(406)
    expect(await response.json()).toMatchObject({
      errors: [
        {
          message: expect.stringMatching(/WebSocket.*text\/event-stream/),
          extensions: { code: 'NOT_ACCEPTABLE' },
        },
      ],
    })
  },
)
