import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { connect, key, prepareStage } from '../support/callers.ts'
import { overHttp } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'

prepareStage()

const message = 'Must not contain control characters or unpaired surrogates.'

describe.each([
  ['NUL', 'a\u0000b'],
  ['an escape sequence', '\u001b[31mred'],
  ['a line break', 'two\nlines'],
  ['DEL', 'a\u007f'],
  ['a control character of C1', 'a\u0085b'],
  ['a lone high surrogate', 'a\ud83d'],
  ['a lone low surrogate', '\ude00a'],
  ['surrogates in the wrong order', '\ude00\ud83d'],
])('text with %s', (_, text) => {
  test('is refused at creation, field by field', async () => {
    const input = { policy: text, idempotencyKey: randomUUID(), reference: text }
    const { data } = await connect(overHttp).run(operations.create, { input })
    expect(data.createShareRequest).toMatchObject({
      __typename: 'InvalidInput',
      issues: [
        { path: ['input', 'policy'], message },
        { path: ['input', 'reference'], message },
      ],
    })
  })

  test('is refused wherever a share request or a policy is named', async () => {
    const partner = connect(overHttp, key)
    const results = [
      await partner.run(operations.read, { id: text }),
      await partner.run(operations.read, { id: randomUUID(), clientSecret: text }),
      await partner.run(operations.check, { input: { id: text } }),
      await partner.run(operations.cancel, { input: { id: text } }),
      await partner.run(operations.list, { filter: { reference: text } }),
      await partner.run(operations.list, { filter: { policy: text } }),
      await partner.run('query ($name: String!) { policy(name: $name) { name } }', { name: text }),
    ]
    expect(results.map(({ errors }) => errors?.[0])).toMatchObject(
      ['id', 'clientSecret', 'id', 'id', 'filter.reference', 'filter.policy', 'name'].map((name) => ({
        message: `${name}: ${message}`,
        extensions: { code: 'BAD_USER_INPUT' },
      })),
    )
  })
})

test.each([
  'Замовлення №1',
  '注文一',
  '👩‍👩‍👧',
  'e\u0301',
  '\ufeffbom',
  '\uffff',
  '‏مرجع',
  "'; drop table x; --",
])('the reference %j comes back unchanged and is found again', async (reference) => {
  const partner = connect(overHttp, key)
  const { id } = await create(partner, { reference })
  const { data } = await partner.run(
    `query ($reference: String) {
        shareRequests(filter: { reference: $reference }) { edges { node { id reference } } }
      }`,
    { reference },
  )
  expect(data.shareRequests.edges).toEqual([{ node: { id, reference } }])
})
