import { describe, expect, test } from 'vitest'
import { interpret, type Received } from '../../server/portmone/answer.ts'
import { UpstreamFailure } from '../../server/portmone/failure.ts'
import {
  creationRequest,
  factsRequest,
  statusRequest,
  tokenRequest,
  type UpstreamRequest,
} from '../../server/portmone/requests.ts'

const token = tokenRequest({ clientId: 'id', clientSecret: 'secret' })
const create = creationRequest({ facts: ['EMAIL'], purpose: 'Why', lifetime: 60 }, 'key')
const status = statusRequest('code')
const facts = factsRequest('code')

const received = (status: number, body: unknown, others: Partial<Received> = {}): Received => ({
  ...{
    status,
    contentType: 'application/json',
    retryAfter: undefined,
    body: JSON.stringify(body),
    ...others,
  },
})
const problem = { error: 'CANARY_ERROR', message: 'canary message' }

function failureOf(request: UpstreamRequest<unknown>, answer: Received): UpstreamFailure {
  try {
    interpret(request, answer)
  } catch (error) {
    if (error instanceof UpstreamFailure) return error
  }
  throw new Error('an UpstreamFailure was expected')
}

describe('a proper answer', () => {
  test('is its value, without fields that the contract does not name', () => {
    const answer = received(200, { id: 'a', status: 'APPROVED', more: 'canary' })
    expect(interpret(status, answer)).toEqual({ id: 'a', status: 'APPROVED' })
  })

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/hal+json',
  ])('may be declared as %s', (contentType) => {
    const answer = received(200, { id: 'a', status: 'PENDING' }, { contentType })
    expect(interpret(status, answer).status).toBe('PENDING')
  })
})

describe('a status other than 2xx', () => {
  const page = { contentType: 'text/html', body: '<h1>canary</h1>' }
  test.each`
    request   | code   | body                | reason                   | result            | retryable
    ${token}  | ${401} | ${'problem'}        | ${'CREDENTIALS_REFUSED'} | ${'unauthorized'} | ${false}
    ${token}  | ${400} | ${'problem'}        | ${'CREDENTIALS_REFUSED'} | ${'rejected'}     | ${false}
    ${token}  | ${403} | ${'problem'}        | ${'CREDENTIALS_REFUSED'} | ${'rejected'}     | ${false}
    ${token}  | ${404} | ${'page'}           | ${'UNAVAILABLE'}         | ${'unavailable'}  | ${false}
    ${create} | ${401} | ${'page'}           | ${'CREDENTIALS_REFUSED'} | ${'unauthorized'} | ${false}
    ${create} | ${400} | ${'problem'}        | ${'REJECTED'}            | ${'rejected'}     | ${false}
    ${create} | ${404} | ${'problem'}        | ${'REJECTED'}            | ${'rejected'}     | ${false}
    ${create} | ${422} | ${'page'}           | ${'UNAVAILABLE'}         | ${'unavailable'}  | ${false}
    ${status} | ${401} | ${'problem'}        | ${'UNAVAILABLE'}         | ${'unavailable'}  | ${false}
    ${status} | ${404} | ${'problem'}        | ${'UNKNOWN_CODE'}        | ${'unknown_code'} | ${false}
    ${status} | ${404} | ${'page'}           | ${'UNAVAILABLE'}         | ${'unavailable'}  | ${false}
    ${status} | ${404} | ${'malformed JSON'} | ${'UNAVAILABLE'}         | ${'unavailable'}  | ${false}
    ${status} | ${302} | ${'problem'}        | ${'UNAVAILABLE'}         | ${'unavailable'}  | ${false}
    ${status} | ${408} | ${'problem'}        | ${'UNAVAILABLE'}         | ${'unavailable'}  | ${true}
    ${status} | ${429} | ${'problem'}        | ${'UNAVAILABLE'}         | ${'rate_limited'} | ${true}
    ${facts}  | ${404} | ${'problem'}        | ${'UNKNOWN_CODE'}        | ${'unknown_code'} | ${false}
    ${facts}  | ${409} | ${'problem'}        | ${'REJECTED'}            | ${'rejected'}     | ${false}
    ${facts}  | ${403} | ${'page'}           | ${'UNAVAILABLE'}         | ${'unavailable'}  | ${false}
    ${facts}  | ${500} | ${'problem'}        | ${'UNAVAILABLE'}         | ${'unavailable'}  | ${true}
    ${facts}  | ${503} | ${'page'}           | ${'UNAVAILABLE'}         | ${'unavailable'}  | ${true}
  `('$request.call: $code with a $body → $reason', ({ request, code, body, ...expected }) => {
    const bodies = { problem: {}, page, 'malformed JSON': { body: '{"error":"canary' } }
    const failure = failureOf(request, received(code, problem, bodies[body as keyof typeof bodies]))
    expect(failure).toMatchObject(expected)
    expect(failure.message).toContain(String(code))
    expect(failure.message).not.toMatch(/canary/i)
  })
})

describe('Retry-After', () => {
  const retryAfterOf = (retryAfter: string) =>
    failureOf(status, received(429, problem, { retryAfter })).retryAfter

  test('is seconds', () => expect(retryAfterOf('120')).toBe(120))
  test('is a date', () => {
    const seconds = retryAfterOf(new Date(Date.now() + 60_000).toUTCString())
    expect(seconds).toBeGreaterThan(57)
    expect(seconds).toBeLessThanOrEqual(60)
  })
  test('is a date that has passed', () => expect(retryAfterOf('Tue, 24 Nov 2015 08:00:00 GMT')).toBe(0))
  test.each(['soon', '-1', '1e9', ''])('makes no sense: %j', (text) =>
    expect(retryAfterOf(text)).toBeUndefined(),
  )
})

describe('a 2xx that is no proper answer', () => {
  test.each([
    ['malformed JSON', { body: '{"fullName": "Canary' }, 'malformed JSON'],
    ['an empty body', { body: '' }, 'malformed JSON'],
    ['a page', { contentType: 'text/html', body: '<p>canary</p>' }, 'not declared as application/json'],
    ['no content type', { contentType: undefined }, 'not declared as application/json'],
    ['too large', { body: null }, 'larger than the limit'],
    ['a list', { body: '["canary"]' }, 'the body (invalid_type)'],
    [
      'no fact of the right type',
      { body: '{"provenAt":"canary","facts":{"email":"canary","ageOver18":"canary"}}' },
      'provenAt (invalid_format), facts.ageOver18 (invalid_type), facts.email (invalid_format)',
    ],
  ])('%s', (_, answer, what) => {
    const failure = failureOf(facts, received(200, {}, answer))
    expect(failure).toMatchObject({ reason: 'UNAVAILABLE', result: 'unavailable', retryable: false })
    expect(failure.message).toContain(what)
    expect(failure.message).not.toMatch(/canary/i)
    expect(failure.cause).toBeUndefined()
  })
})
