import type { ShareRequestFilter } from '../generated/partner/graphql.ts'
import type { Listed } from './operations.ts'
import { type Result, resultOf, results } from './states.ts'

/** Which share requests the list shows. Null and '' are no condition. */
export interface Filter {
  result: Result | null
  policy: string | null
  /** First and last day of their creation, such as `2026-11-24`, in the reader's time zone. */
  from: string | null
  to: string | null
  /** An id, or the beginning of references. */
  search: string
}

export const noFilter: Filter = { result: null, policy: null, from: null, to: null, search: '' }

/** What the page's address says: the filter, and the id of the share request that is open. */
export interface View {
  filter: Filter
  openId: string | null
}

const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** The filter as the API names it. */
export function conditionsOf(filter: Filter): ShareRequestFilter {
  const { result } = filter
  return {
    ...conditionsOfCreation(filter),
    ...(result === 'PASSED' || result === 'NOT_PASSED'
      ? { passed: result === 'PASSED' }
      : result !== null && { status: [result] }),
  }
}

/** All conditions but the one for the result: those that a change of the status leaves as they are. */
export function conditionsOfCreation({ policy, from, to, search }: Filter): ShareRequestFilter {
  // No reference has control characters. A row that is pasted from a table has tabs between its cells.
  const [term = ''] = search.trim().split(/\p{Cc}/u, 1)
  return {
    ...(policy !== null && { policy }),
    ...(from !== null && { createdFrom: startOf(from) }),
    ...(to !== null && { createdBefore: startOf(to, 1) }),
    ...(term !== '' && (uuid.test(term) ? { id: term.toLowerCase() } : { referencePrefix: term })),
  }
}

export const matches = (filter: Filter, request: Listed): boolean =>
  (filter.result === null || filter.result === resultOf(request.status)) && matchesCreation(filter, request)

/** Whether it matches, whatever its status. */
export function matchesCreation(filter: Filter, { id, policy, reference, createdAt }: Listed): boolean {
  const wanted = conditionsOfCreation(filter)
  return (
    (wanted.id == null || wanted.id === id) &&
    (wanted.policy == null || wanted.policy === policy.name) &&
    (wanted.referencePrefix == null || (reference?.startsWith(wanted.referencePrefix) ?? false)) &&
    (wanted.createdFrom == null || createdAt >= wanted.createdFrom) &&
    (wanted.createdBefore == null || createdAt < wanted.createdBefore)
  )
}

/** When a local day begins, or the one that is `later` days after it, as the API writes it. */
function startOf(day: string, later = 0): string {
  const start = new Date(`${day}T00:00`)
  start.setDate(start.getDate() + later)
  return start.toISOString()
}

/** Parses the query of an address. What it cannot understand is no condition. */
export function viewOf(query: string): View {
  const params = new URLSearchParams(query)
  return {
    filter: {
      result: results.find((result) => result === params.get('result')) ?? null,
      policy: params.get('policy') || null,
      from: dayIn(params.get('from')),
      to: dayIn(params.get('to')),
      search: params.get('search') ?? '',
    },
    openId: params.get('id') || null,
  }
}

/** The query of the address for `view`; '' if it has none. */
export function queryOf({ filter, openId }: View): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries({ id: openId, ...filter })) if (value) params.set(name, value)
  return params.size === 0 ? '' : `?${params}`
}

/** Days of this millennium: the API has no others, and while one types a year it is 0002 first. */
export const dayIn = (text: string | null) =>
  text !== null && /^2\d{3}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00`)) ? text : null
