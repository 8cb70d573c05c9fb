import { describe, expect, test } from 'vitest'
import { createLog, currentRequest } from '../../server/monitoring/log.ts'

const secret = 'canary-in-the-log-5c2e'

/** The line that the log writes. */
function written(fields: object, message = 'something happened'): string {
  const lines: string[] = []
  createLog('debug', { write: (line) => void lines.push(line) }).warn(fields, message)
  expect(lines).toHaveLength(1)
  return lines[0] ?? ''
}

const inCause = new Error('outer', {
  cause: Object.assign(new Error('inner'), { response: { body: secret } }),
})
const inGetter = Object.defineProperty(new Error('failed'), 'token', { enumerable: true, get: () => secret })

describe('fields that are not on the list are not logged', () => {
  test.each<[string, object]>([
    ['an unknown field', { clientSecret: secret }],
    ['a header', { headers: { authorization: `Bearer ${secret}` } }],
    ['variables', { variables: { input: { clientSecret: secret } } }],
    ['deep down', { a: { b: [{ c: secret }] } }],
    ['a field named like one that is fit', { Err: secret, keyid: secret, 'err.token': secret }],
    ['a property of an error', { err: Object.assign(new Error('failed'), { config: { headers: secret } }) }],
    ['a property of an error that is computed', { err: inGetter }],
    ['a property of the cause of an error', { err: inCause }],
    ['errors within an error', { err: new AggregateError([new Error(secret)], 'several') }],
    ['an error code that is not a word', { err: Object.assign(new Error('failed'), { code: { secret } }) }],
    ['a thrown value that is not an Error', { err: { message: secret } }],
    ['a string that is thrown', { err: secret }],
    ['an object in a field that is fit', { reason: { secret } }],
    ['a list in a field that is fit', { what: [secret] }],
    ['a value with a say in how it is written', { state: { toJSON: () => secret } }],
    ['a key with the secret in it', { [secret]: 1 }],
    ['a field that pollutes', JSON.parse(`{"__proto__": {"reason": "${secret}"}}`)],
  ])('%s', (_, fields) => {
    expect(written(fields)).not.toContain(secret)
  })
})

test('listed fields are logged with the request id', () => {
  const line = currentRequest.run({ requestId: 'request-0001' }, () =>
    written({ shareRequestId: 'a', state: 'APPROVED', version: 2, err: new TypeError('failed') }),
  )
  expect(JSON.parse(line)).toMatchObject({
    level: 'warn',
    msg: 'something happened',
    requestId: 'request-0001',
    shareRequestId: 'a',
    state: 'APPROVED',
    version: 2,
    err: { type: 'TypeError', message: 'failed', stack: expect.stringContaining('log.test.ts') },
  })
})

test('the search finds a secret in a listed field', () => {
  expect(written({ reason: secret })).toContain(secret)
})
