import { describe, expect, test, vi } from 'vitest'
import { approved, declined, pending } from '../test/samples.ts'
import {
  conditionsOf,
  conditionsOfCreation,
  type Filter,
  matches,
  noFilter,
  queryOf,
  viewOf,
} from './filter.ts'
import type { Listed } from './operations.ts'

const id = '5f0c7a52-6f0e-4a7e-9a53-0d5c1f6f0b7a'
const filtered = (changes: Partial<Filter>): Filter => ({ ...noFilter, ...changes })
const request = (changes: object = {}) =>
  ({
    id,
    createdAt: '2026-11-24T10:00:00.000Z',
    reference: 'order-12',
    policy: { name: 'kyc-basic' },
    status: pending,
    ...changes,
  }) as object as Listed

describe('the conditions for the API', () => {
  test.each([
    [filtered({}), {}],
    [filtered({ result: 'PENDING' }), { status: ['PENDING'] }],
    [filtered({ result: 'PASSED' }), { passed: true }],
    [filtered({ result: 'NOT_PASSED', policy: 'kyc-basic' }), { passed: false, policy: 'kyc-basic' }],
    [filtered({ search: ' order-1 ' }), { referencePrefix: 'order-1' }],
    [filtered({ search: ` ${id.toUpperCase()} ` }), { id }],
    [filtered({ search: id.slice(0, -1) }), { referencePrefix: id.slice(0, -1) }],
    [filtered({ search: '  ' }), {}],
    [filtered({ search: 'order-1\tkyc-basic\t' }), { referencePrefix: 'order-1' }],
  ])('of %j are %j', (filter, conditions) => {
    expect(conditionsOf(filter)).toEqual(conditions)
  })

  test.each([
    ['2026-11-24', '2026-11-23T22:00:00.000Z', '2026-11-24T22:00:00.000Z'],
    ['2026-03-29', '2026-03-28T22:00:00.000Z', '2026-03-29T21:00:00.000Z'],
    ['2026-10-25', '2026-10-24T21:00:00.000Z', '2026-10-25T22:00:00.000Z'],
    ['2026-12-31', '2026-12-30T22:00:00.000Z', '2026-12-31T22:00:00.000Z'],
  ])('for the day %s in Kyiv are from %s until before %s', (day, createdFrom, createdBefore) => {
    vi.stubEnv('TZ', 'Europe/Kyiv')
    expect(conditionsOfCreation(filtered({ from: day, to: day }))).toEqual({ createdFrom, createdBefore })
    vi.unstubAllEnvs()
  })

  test('of the creation leave the result out', () => {
    expect(conditionsOfCreation(filtered({ result: 'PASSED', policy: 'kyc-basic' }))).toEqual({
      policy: 'kyc-basic',
    })
  })
})

test.each([
  [{}, request(), true],
  [{ result: 'PENDING' }, request(), true],
  [{ result: 'PENDING' }, request({ status: declined }), false],
  [{ result: 'PASSED' }, request({ status: approved('PASSED', 'PASSED') }), true],
  [{ result: 'PASSED' }, request({ status: approved('PASSED', 'FAILED') }), false],
  [{ result: 'NOT_PASSED' }, request({ status: approved('PASSED', 'FAILED') }), true],
  [{ policy: 'kyc-full' }, request(), false],
  [{ search: 'order-1' }, request(), true],
  [{ search: 'order-2' }, request(), false],
  [{ search: 'order-1' }, request({ reference: null }), false],
  [{ search: id }, request(), true],
  [{ search: id }, request({ id: id.replace('5', '6') }), false],
  [{ from: '2026-11-26' }, request(), false],
  [{ from: '2026-11-22', to: '2026-11-26' }, request(), true],
  [{ to: '2026-11-22' }, request(), false],
] as const)('the filter %j and %j: matches %j', (changes, candidate, expected) => {
  expect(matches(filtered(changes), candidate)).toBe(expected)
})

describe('the address', () => {
  test.each([
    '',
    `?id=${id}`,
    '?result=NOT_PASSED&policy=kyc-basic&from=2026-11-01&to=2026-11-24&search=order+1%26',
  ])('%j says the same after a round trip', (query) => {
    expect(queryOf(viewOf(query))).toBe(query)
  })

  test.each([
    '?result=NO_SUCH',
    '?from=yesterday',
    '?from=0002-11-24',
    '?to=2026-13-45',
    '?policy=&id=&search=',
    '?unknown=1',
  ])('%j is no condition', (query) => {
    expect(viewOf(query)).toEqual({ filter: noFilter, openId: null })
  })
})
