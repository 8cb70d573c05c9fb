import { describe, expect, test } from 'vitest'
import { approved, declined, pending, policy } from '../test/samples.ts'
import { type LoadedList, type Page, withChanged, withFirstPage, withNextPage } from './loaded-list.ts'
import type { Listed } from './operations.ts'
import { statisticsOf } from './statistics.ts'

const item = (id: string, status: object = pending, createdAt = '2026-11-24T10:00:00.000Z') =>
  ({ __typename: 'ShareRequest', id, createdAt, reference: null, policy, status }) as Listed
const page = (ids: string, endCursor: string | null) =>
  ({
    edges: [...ids].map((id) => ({ node: item(id) })),
    pageInfo: { endCursor, hasNextPage: endCursor !== null },
  }) as object as Page
const ids = (list: LoadedList | null) => list?.items.map(({ id }) => id).join('')
const loaded = (all: string, endCursor: string | null): LoadedList => ({
  items: [...all].map((id) => item(id)),
  endCursor,
})

describe('the first page, looked at again', () => {
  test.each([
    ['new ones come in front', 'cdef', 'abcd', 'abcdef', 'end'],
    ['one that does not pass the filter any more is gone', 'abcdef', 'acd', 'acdef', 'end'],
    ['so many are new that there would be a gap: it begins anew', 'efgh', 'abcd', 'abcd', 'here'],
  ])('%s', (_, before, first, after, endCursor) => {
    const list = withFirstPage(loaded(before, 'end'), page(first, 'here'))
    expect(ids(list)).toBe(after)
    expect(list.endCursor).toBe(endCursor)
  })

  test('the only page is all that there is', () => {
    expect(ids(withFirstPage(loaded('abc', null), page('ab', null)))).toBe('ab')
  })

  test('an answer that an event overtook does not bring the old status back', () => {
    const list = { items: [item('a', declined)], endCursor: null }
    expect(withFirstPage(list, page('a', null)).items[0]?.status.__typename).toBe('DeclinedStatus')
  })
})

test('the next page goes on, and none is there twice', () => {
  const list = withNextPage(loaded('abc', 'c'), page('cd', null))
  expect(ids(list)).toBe('abcd')
  expect(list.endCursor).toBeNull()
})

test('a change of one that is not in the list changes nothing', () => {
  expect(ids(withChanged(loaded('ab', null), item('x', declined) as never))).toBe('ab')
})

test.each([
  [[60, 10], 35],
  [[60, 10, 20], 20],
  [[], null],
])('approvals after %j seconds: the median is %j', (seconds, median) => {
  const items = seconds.map((second, n) =>
    item(
      String(n),
      {
        ...approved('PASSED', 'FAILED'),
        approvedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
      },
      '2026-01-01T00:00:00.000Z',
    ),
  )
  const { counts, medianTimeToApproval } = statisticsOf(items)
  expect(medianTimeToApproval).toBe(median)
  expect(counts.find(({ result }) => result === 'NOT_PASSED')?.count).toBe(seconds.length)
})
