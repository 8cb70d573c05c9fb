import { type FragmentType, readFragment } from '../generated/partner/fragment-masking.ts'
import type { ShareRequestPageQuery } from '../generated/partner/graphql.ts'
import { type Listed, ListedShareRequest } from './operations.ts'

/** The part of the list that was loaded: newest first, without a gap. */
export interface LoadedList {
  items: readonly Listed[]
  /** Where to go on; null at the end. */
  endCursor: string | null
}

export type Page = NonNullable<ShareRequestPageQuery['shareRequests']>

const read = (page: Page): LoadedList => ({
  items: page.edges.map(({ node }) => readFragment(ListedShareRequest, node)),
  endCursor: page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null,
})

/**
 * With the first page as it is now. What was loaded beyond it stays, unless so much has come that there would be a gap:
 * then the list begins anew.
 */
export function withFirstPage(list: LoadedList | null, page: Page): LoadedList {
  const first = read(page)
  if (list === null) return first
  const items = first.items.map((item) =>
    newer(
      list.items.find(({ id }) => id === item.id),
      item,
    ),
  )
  const last = list.items.findIndex(({ id }) => id === items.at(-1)?.id)
  if (last < 0 || first.endCursor === null) return { ...first, items }
  return { items: [...items, ...list.items.slice(last + 1)], endCursor: list.endCursor }
}

export function withNextPage(list: LoadedList, page: Page): LoadedList {
  const next = read(page)
  const known = new Set(list.items.map(({ id }) => id))
  return { ...next, items: [...list.items, ...next.items.filter(({ id }) => !known.has(id))] }
}

/** With a share request as an event or a mutation gave it. One that is not in the list is left out. */
export function withChanged(
  list: LoadedList | null,
  changed: FragmentType<typeof ListedShareRequest>,
): LoadedList | null {
  if (list === null) return null
  const present = readFragment(ListedShareRequest, changed)
  return { ...list, items: list.items.map((item) => (item.id === present.id ? newer(item, present) : item)) }
}

/** An answer can be older than an event that overtook it. */
const newer = (before: Listed | undefined, now: Listed) =>
  before !== undefined && before.status.version > now.status.version ? before : now
