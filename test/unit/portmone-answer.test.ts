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
const status = statusRequest({ code: 'code', issuerRequestId: 'a' })
const facts = factsRequest({ code: 'code', issuerRequestId: 'a' }, Date.now)

const received = (status: number, body: unknown, others: Partial<Received> = {}): Received => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
  ...others,
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
    const answer = received(200, { id: 'a', status: 'PENDING' }, { headers: { 'content-type': contentType } })
    expect(interpret(status, answer).status).toBe('PENDING')
  })
})

describe('a status other than 2xx', () => {
  const page = { headers: { 'content-type': 'text/html' }, body: '<h1>canary</h1>' }
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
    failureOf(status, received(429, problem, { headers: { 'retry-after': retryAfter } })).retryAfter

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

describe('a 2xx that is not a valid answer', () => {
  test.each([
    ['malformed JSON', { body: '{"fullName": "Canary' }, 'malformed JSON'],
    ['an empty body', { body: '' }, 'malformed JSON'],
    [
      'a page',
      { headers: { 'content-type': 'text/html' }, body: '<p>canary</p>' },
      'not declared as application/json',
    ],
    ['no content type', { headers: {} }, 'not declared as application/json'],
    ['too large', { body: null }, 'larger than the limit'],
  ])('%s', (_, answer, what) => {
    const failure = failureOf(facts, received(200, {}, answer))
    expect(failure).toMatchObject({ reason: 'UNAVAILABLE', result: 'unavailable', retryable: false })
    expect(failure.message).toContain(what)
    expect(failure.message).not.toMatch(/canary/i)
    expect(failure.cause).toBeUndefined()
  })
})

describe('a 2xx of well-formed JSON that breaks the contract', () => {
  const proof = (provenAt: unknown) => ({ provenAt, facts: {} })
  const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()

  test.each<[string, UpstreamRequest<unknown>, unknown, string]>([
    ['a list', facts, ['canary'], 'the body (invalid_type)'],
    ['facts that are not an object', facts, { provenAt: 'canary', facts: 'canary' }, 'facts (invalid_type)'],
    ['a proof without a time', facts, { facts: {} }, 'provenAt (invalid_type)'],
    ['a proof of a day without a time', facts, proof('2024-05-01'), 'provenAt (invalid_format)'],
    ['a proof of 1970', facts, proof('1970-01-01T00:00:00Z'), 'provenAt (must be after 2019'],
    ['a proof of 2199', facts, proof('2199-01-01T00:00:00Z'), 'provenAt (must be after 2019'],
    ['a proof ten minutes from now', facts, proof(inMinutes(10)), 'not in the future'],
    ['a code of 200 KB', create, { id: 'a', code: 'canary'.repeat(34_000) }, 'code (too_big)'],
    ['a code too large for a QR code', create, { id: 'a', code: 'ї'.repeat(1_200) }, 'code (does not fit'],
    ['an empty code', create, { id: 'a', code: '' }, 'code (too_small)'],
    ['a code with a line break', create, { id: 'a', code: 'canary\n' }, 'code (invalid_format)'],
    ['a code with invisible characters', create, { id: 'a', code: 'canary\u202e' }, 'code (invalid_format)'],
    ['a share without an id', create, { code: 'canary' }, 'id (invalid_type)'],
    [
      'a token of 10 KB',
      token,
      { accessToken: 'canary'.repeat(1_700), expiresIn: 60 },
      'accessToken (too_big)',
    ],
    [
      'a token with a line break',
      token,
      { accessToken: 'a\r\nb', expiresIn: 60 },
      'accessToken (invalid_format)',
    ],
    ['a token that ends at once', token, { accessToken: 'canary', expiresIn: 0 }, 'expiresIn (too_small)'],
    ['a token without an end', token, { accessToken: 'canary', expiresIn: 1e12 }, 'expiresIn (too_big)'],
    [
      'a status of another share',
      status,
      { id: 'b', status: 'APPROVED' },
      'id (belongs to another share request)',
    ],
    ['a status without an id', status, { status: 'APPROVED' }, 'id (invalid_type)'],
  ])('%s is an invalid answer, which counts as no outage', (_, request, body, what) => {
    const failure = failureOf(request, received(200, body))
    const reason = request === token ? 'UNAVAILABLE' : 'INVALID_ANSWER'
    expect(failure).toMatchObject({ reason, result: 'invalid_answer', retryable: false })
    expect(failure.message).toContain(what)
    expect(failure.message).not.toMatch(/canary/i)
  })

  test('a proof four minutes from now passes: clocks differ', () => {
    expect(interpret(facts, received(200, proof(inMinutes(4))))).toMatchObject({ facts: {} })
  })
})
