import { describe, expect, test } from 'vitest'
import { declined, pending, policy } from '../test/samples.ts'
import { type LoadedList, listOf, type Page, withChange, withNextPage } from './loaded-list.ts'
import type { Listed } from './operations.ts'

/** Named by a letter: those early in the alphabet are the newest. */
const item = (id: string, status: object = pending) =>
  ({
    ...{ __typename: 'ShareRequest', id, reference: null, policy, status },
    createdAt: new Date(Date.UTC(2026, 10, 24) - id.charCodeAt(0) * 1000).toISOString(),
  }) as object as Listed
const page = (ids: string, endCursor: string | null) =>
  ({
    edges: [...ids].map((id) => ({ node: item(id) })),
    pageInfo: { endCursor, hasNextPage: endCursor !== null },
  }) as object as Page
const ids = ({ items }: LoadedList) => items.map(({ id }) => id).join('')
const loaded = (all: string, endCursor: string | null) => listOf(page(all, endCursor))
const stateOf = ({ items }: LoadedList, id: string) =>
  items.find((candidate) => candidate.id === id)?.status.__typename

describe('a change', () => {
  test.each([
    ['of one that was just created comes first', 'cde', 'after e', 'a', 'acde'],
    ['of one that now matches takes its place by age', 'ace', 'after e', 'd', 'acde'],
    ['of one beyond the loaded pages is left out', 'abc', 'after c', 'd', 'abc'],
    ['of the oldest is appended when every page is loaded', 'abc', null, 'd', 'abcd'],
    ['of the first one fills an empty list', '', null, 'd', 'd'],
  ])('%s', (_, before, endCursor, id, after) => {
    const list = loaded(before, endCursor)
    const changed = withChange(list, item(id), true)
    expect(ids(changed)).toBe(after)
    expect(changed.end).toBe(list.end)
  })

  test('replaces the status in its place, on a later page too', () => {
    const list = withNextPage(loaded('abc', 'after c'), page('def', 'after f'))
    const changed = withChange(list, item('e', declined), true)
    expect(ids(changed)).toBe('abcdef')
    expect(stateOf(changed, 'e')).toBe('DeclinedStatus')
  })

  test('takes out what no longer matches the filter', () => {
    expect(ids(withChange(loaded('abc', 'after c'), item('b', declined), false))).toBe('ac')
  })

  test('of one that neither matches nor is in the list leaves the same list', () => {
    const list = loaded('abc', null)
    expect(withChange(list, item('d', declined), false)).toBe(list)
  })

  test('that was delivered before, or is older than what is shown, leaves the same list', () => {
    const list = withChange(loaded('abc', null), item('b', declined), true)
    expect(withChange(list, item('b', declined), true)).toBe(list)
    expect(withChange(list, item('b'), true)).toBe(list)
    expect(withChange(list, item('b'), false)).toBe(list)
  })

  test('is placed by its id among those that were created at the same time', () => {
    const twin = (id: string) => ({ ...item('m'), id })
    const list = { items: [twin('x'), twin('v')], end: null }
    expect(ids(withChange(list, twin('w'), true))).toBe('xwv')
  })

  test('is measured by the end of the last page, also when the whole page has left the list', () => {
    let list = loaded('ab', 'after b')
    for (const id of 'ab') list = withChange(list, item(id, declined), false)
    expect(ids(list)).toBe('')
    expect(ids(withChange(list, item('c'), true))).toBe('')
    expect(ids(withChange(list, item('A'), true))).toBe('A')
  })
})

test('the next page follows, without those that are in the list already', () => {
  const list = withNextPage(loaded('abc', 'after c'), page('cd', null))
  expect(ids(list)).toBe('abcd')
  expect(list.end).toBeNull()
})
