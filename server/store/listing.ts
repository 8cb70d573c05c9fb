import { type Kysely, type SelectQueryBuilder, sql } from 'kysely'
import type { ShareRequestFilter } from '../share-requests/filter.ts'
import { type ShareRequest, shareRequestStates } from '../share-requests/share-request.ts'
import { type ListQuery, type OutcomeCounts, outcomeKinds } from '../share-requests/store.ts'
import { shareRequestOf } from './row-mapping.ts'
import type { Tables } from './tables.ts'

type OutcomeKind = (typeof outcomeKinds)[number]

/** In the order of their bytes, no text that begins with `prefix` comes after this one. */
const endOf = (prefix: string) => `${prefix}\u{10ffff}`

/** More with one prefix are not listed. */
const maxWithPrefix = 10_000

/** SQLite uses its indexes by state and by policy only for queries that repeat their conditions. */
const inIndexByState = sql<boolean>`state <> 'APPROVED' and state <> 'RESERVED'`

/** Those that match the filter and came to this, by their place in the list. */
function walkOf(db: Kysely<Tables>, kind: OutcomeKind, filter: ShareRequestFilter) {
  const { id, policy, reference, referencePrefix: prefix, createdFrom, createdBefore } = filter
  const given = db
    .selectFrom('share_requests')
    .select(['created_at', 'id', 'state', 'passed', 'policy_name', 'reference'])
    // The limit keeps planners from walking along the creation instead, past all others, to a few of this prefix.
    .$if(prefix != null, (all) => withPrefix(all, prefix ?? '').limit(maxWithPrefix))
  let walk = db.selectFrom(given.as('given')).select(['created_at', 'id'])
  if (kind === 'PASSED' || kind === 'NOT_PASSED') walk = walk.where('passed', '=', kind === 'PASSED' ? 1 : 0)
  // Not with a reference, whose index contains all states: it leads to fewer rows.
  else walk = walk.where('state', '=', kind).$if(reference === null, (walk) => walk.where(inIndexByState))
  if (id != null) walk = walk.where('id', '=', id)
  if (policy !== null) walk = walk.where('policy_name', '=', policy)
  if (reference !== null) walk = walk.where('reference', '=', reference)
  if (createdFrom != null) walk = walk.where('created_at', '>=', createdFrom)
  if (createdBefore != null) walk = walk.where('created_at', '<', createdBefore)
  return walk
}

const withPrefix = <Row>(
  all: SelectQueryBuilder<Tables, 'share_requests', Row>,
  prefix: string,
): SelectQueryBuilder<Tables, 'share_requests', Row> =>
  all.where('reference', '>=', prefix).where('reference', '<=', endOf(prefix)).orderBy('reference')

/** The order of the index, so that no planner reads the table instead. */
const newestFirst = (walk: ReturnType<typeof walkOf>) =>
  walk.orderBy('created_at', 'desc').orderBy('id', 'desc')

const kindsOf = ({ states, passed }: ShareRequestFilter): OutcomeKind[] =>
  (states ?? shareRequestStates).flatMap((state): OutcomeKind[] => {
    if (state !== 'APPROVED') return passed == null ? [state] : []
    if (passed == null) return ['PASSED', 'NOT_PASSED']
    return [passed ? 'PASSED' : 'NOT_PASSED']
  })

/**
 * One walk along an index for each state, which ends with the page, and then the first of them all: a page costs the
 * same however many share requests there are and however rare those are that the filter accepts.
 */
export async function list(db: Kysely<Tables>, query: ListQuery): Promise<ShareRequest[]> {
  const { first, after } = query
  const walks = [...new Set(kindsOf(query))].map((kind) => {
    let walk = walkOf(db, kind, query)
    if (after !== null)
      walk = walk.where((eb) => eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(after.createdAt, after.id)))
    return db
      .selectFrom(
        newestFirst(walk)
          .limit(first + 1)
          .as('walk'),
      )
      .selectAll()
  })
  const [walk, ...others] = walks
  if (walk === undefined) return []
  const page = db
    .selectFrom(others.reduce((all, other) => all.unionAll(other), walk).as('walks'))
    .select('id')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(first + 1)
  const rows = await db
    .selectFrom('share_requests')
    .selectAll()
    .where('id', 'in', page)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map(shareRequestOf)
}

export async function countOutcomes(
  db: Kysely<Tables>,
  filter: ShareRequestFilter,
  limit: number,
): Promise<OutcomeCounts> {
  const counts = Object.fromEntries(outcomeKinds.map((kind) => [kind, 0])) as Record<OutcomeKind, number>
  const [first, ...others] = [...new Set(kindsOf(filter))].map((kind) =>
    db
      .selectFrom(
        newestFirst(walkOf(db, kind, filter))
          .limit(limit)
          .as('walk'),
      )
      .select(({ fn }) => [sql.lit(kind).as('kind'), fn.countAll<number | string>().as('matching')]),
  )
  if (first === undefined) return counts
  const rows = await others.reduce((all, other) => all.unionAll(other), first).execute()
  for (const { kind, matching } of rows) counts[kind] = Number(matching)
  return counts
}

/** How many have a reference that begins with `prefix`, counted up to `limit`. */
export async function countReferences(db: Kysely<Tables>, prefix: string, limit: number): Promise<number> {
  const { matching } = await db
    .selectFrom(withPrefix(db.selectFrom('share_requests').select('id'), prefix).limit(limit).as('matching'))
    .select(({ fn }) => fn.countAll<number | string>().as('matching'))
    .executeTakeFirstOrThrow()
  return Number(matching)
}

/** Counts in the index by policy, which holds all that is asked: the rows are not read. */
export async function countPending(
  db: Kysely<Tables>,
  policies: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const counts = await db
    .selectFrom('share_requests')
    .select(({ fn }) => ['policy_name', fn.countAll<number | string>().as('pending')])
    .where('policy_name', 'in', policies)
    .where('state', '=', 'PENDING')
    .where(inIndexByState)
    .groupBy('policy_name')
    .execute()
  const byPolicy = new Map(policies.map((policy) => [policy, 0]))
  for (const { policy_name, pending } of counts) byPolicy.set(policy_name, Number(pending))
  return byPolicy
}
