import { readFragment } from '../generated/partner/fragment-masking.ts'
import type { ShareRequestPageQuery } from '../generated/partner/graphql.ts'
import { type Listed, ListedShareRequest } from './operations.ts'

type Position = Pick<Listed, 'createdAt' | 'id'>

/** The part of the list that is loaded: newest first, without a gap. */
export interface LoadedList {
  items: readonly Listed[]
  /** Position of the last share request of the last page, and its cursor; null when every page is loaded. */
  end: { position: Position; cursor: string } | null
}

export type Page = NonNullable<ShareRequestPageQuery['shareRequests']>

export function listOf({ edges, pageInfo }: Page): LoadedList {
  const items = edges.map(({ node }) => readFragment(ListedShareRequest, node))
  const position = items.at(-1)
  const cursor = pageInfo.hasNextPage ? pageInfo.endCursor : null
  return { items, end: position && cursor != null ? { position, cursor } : null }
}

/** With the page after it. */
export function withNextPage(list: LoadedList, page: Page): LoadedList {
  const next = listOf(page)
  const known = new Set(list.items.map(({ id }) => id))
  return { items: [...list.items, ...next.items.filter(({ id }) => !known.has(id))], end: next.end }
}

/**
 * With a share request as it is now: in its place, or out of the list if it no longer `isMatch`. One that belongs to a
 * page that is not loaded is left out, and so is a status that is older than what the list has.
 */
export function withChange(list: LoadedList, changed: Listed, isMatch: boolean): LoadedList {
  const { items, end } = list
  const known = items.find(({ id }) => id === changed.id)
  if (known !== undefined && known.status.version >= changed.status.version) return list
  if (known !== undefined && isMatch)
    return { ...list, items: items.map((item) => (item === known ? changed : item)) }
  if (known !== undefined) return { ...list, items: items.filter((item) => item !== known) }
  if (!isMatch || (end !== null && isOlder(changed, end.position))) return list
  const place = items.findIndex((item) => isOlder(item, changed))
  return { ...list, items: items.toSpliced(place < 0 ? items.length : place, 0, changed) }
}

/** Whether `one` comes after `other` in the list. */
const isOlder = (one: Position, other: Position) =>
  one.createdAt === other.createdAt ? one.id < other.id : one.createdAt < other.createdAt
