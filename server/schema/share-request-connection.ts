import { RequestError } from '../share-requests/errors.ts'
import { maxCount, type ShareRequestFilter } from '../share-requests/filter.ts'
import type { ShareRequest } from '../share-requests/share-request.ts'
import type { ChangeCursor, Cursor, OutcomeCounts } from '../share-requests/store.ts'
import { builder } from './builder.ts'
import { encodeChangeCursor } from './change-cursor.ts'
import { ShareRequestRef } from './refs.ts'
import { ShareRequestStateRef } from './share-request-status.ts'

export const maxPageSize = 100

export const ShareRequestFilterRef = builder.inputType('ShareRequestFilter', {
  description: 'Which share requests are meant. All conditions must match.',
  fields: (t) => ({
    policy: t.string({ description: 'Name of the policy, such as `age-over-18`.' }),
    id: t.id({ description: 'Exact id.' }),
    reference: t.string({ description: 'Exact reference, such as `order-1`.' }),
    referencePrefix: t.string({
      description: `What the reference begins with, such as \`order-\`. An error with the code \`BAD_USER_INPUT\` if more than ${maxCount} do.`,
    }),
    createdFrom: t.field({ type: 'DateTime', description: 'Created at this time or later.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Created before this time.' }),
    passed: t.boolean({ description: 'Approved, and all checks passed (true), or not all (false).' }),
    status: t.field({
      type: [ShareRequestStateRef],
      description: 'In one of these states, such as `[PENDING, APPROVED]`.',
    }),
  }),
})

/** A page of share requests. */
interface Page {
  requests: ShareRequest[]
  /** Of all pages; counted once, if it is selected. */
  countOutcomes: () => Promise<OutcomeCounts>
  /** Of the log of changes, before the page was read. */
  changeCursor: ChangeCursor
  hasNextPage: boolean
  hasPreviousPage: boolean
}

const PageInfo = builder.objectRef<Page>('PageInfo').implement({
  description: 'Position of a page in its list.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Whether older share requests follow.' }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
      description: 'Whether this page was requested with `after`.',
    }),
    startCursor: t.string({
      nullable: true,
      description: 'Cursor of the first edge; null on an empty page.',
      resolve: ({ requests }) => cursorOf(requests[0]),
    }),
    endCursor: t.string({
      nullable: true,
      description: 'Cursor of the last edge, to pass as `after`; null on an empty page.',
      resolve: ({ requests }) => cursorOf(requests.at(-1)),
    }),
  }),
})

const ShareRequestEdge = builder.objectRef<ShareRequest>('ShareRequestEdge').implement({
  description: 'A share request and its position in the list.',
  fields: (t) => ({
    cursor: t.string({
      description: 'Opaque position, to pass as `after`.',
      resolve: (request) => encode(request),
    }),
    node: t.field({
      type: ShareRequestRef,
      description: 'The share request.',
      resolve: (request) => request,
    }),
  }),
})

const ShareRequestCount = builder.objectRef<number>('ShareRequestCount').implement({
  description: `A number of share requests, counted up to ${maxCount}.`,
  fields: (t) => ({
    value: t.int({
      description: `The number, at most ${maxCount}.`,
      resolve: (count) => Math.min(count, maxCount),
    }),
    isExact: t.boolean({
      description: `False if there are more than ${maxCount}.`,
      resolve: (count) => count <= maxCount,
    }),
  }),
})

const kindFields = {
  pending: ['PENDING', 'Pending.'],
  passed: ['PASSED', 'Approved, and all checks passed.'],
  notPassed: ['NOT_PASSED', 'Approved, but not all checks passed.'],
  declined: ['DECLINED', 'Declined.'],
  expired: ['EXPIRED', 'Expired.'],
  cancelled: ['CANCELLED', 'Cancelled.'],
  failed: ['FAILED', 'Failed.'],
} as const satisfies Record<string, [keyof OutcomeCounts, string]>

const OutcomeCountsRef = builder.objectRef<OutcomeCounts>('ShareRequestOutcomes').implement({
  description: 'Numbers of share requests, by what came of them.',
  fields: (t) => {
    const field = ([kind, description]: (typeof kindFields)[keyof typeof kindFields]) =>
      t.field({ type: ShareRequestCount, description, resolve: (counts) => counts[kind] })
    return {
      pending: field(kindFields.pending),
      passed: field(kindFields.passed),
      notPassed: field(kindFields.notPassed),
      declined: field(kindFields.declined),
      expired: field(kindFields.expired),
      cancelled: field(kindFields.cancelled),
      failed: field(kindFields.failed),
    }
  },
})

const ShareRequestConnection = builder.objectRef<Page>('ShareRequestConnection').implement({
  description: 'A page of share requests, newest first.',
  fields: (t) => ({
    edges: t.field({
      type: [ShareRequestEdge],
      description: 'Share requests on this page.',
      resolve: ({ requests }) => requests,
    }),
    pageInfo: t.field({ type: PageInfo, description: 'Position of this page.', resolve: (page) => page }),
    totalCount: t.field({
      type: ShareRequestCount,
      extensions: { cost: 10 },
      description: 'How many share requests match the filter, on this and all other pages.',
      resolve: async ({ countOutcomes }) =>
        Object.values(await countOutcomes()).reduce((sum, count) => sum + count, 0),
    }),
    outcomes: t.field({
      type: OutcomeCountsRef,
      extensions: { cost: 10 },
      description: 'How many share requests match the filter, by what came of them.',
      resolve: ({ countOutcomes }) => countOutcomes(),
    }),
    changesCursor: t.string({
      description:
        'Cursor for `shareRequestChanges`, from before this page was read: a list, then the changes after the `changesCursor` of its first page, miss nothing.',
      resolve: ({ changeCursor }) => encodeChangeCursor(changeCursor),
    }),
  }),
})

builder.queryField('shareRequests', (t) =>
  t.field({
    type: ShareRequestConnection,
    nullable: true,
    description: 'All share requests, newest first. Requires a partner key with `share-requests:read`.',
    args: {
      first: t.arg.int({
        required: true,
        defaultValue: 20,
        description: `Page size, from 1 to ${maxPageSize}.`,
      }),
      after: t.arg.string({
        description: '`pageInfo.endCursor` of the previous page.',
      }),
      filter: t.arg({ type: ShareRequestFilterRef, description: 'Conditions that must match.' }),
    },
    resolve: async (_, { first, after, filter }, { shareRequests, caller }): Promise<Page> => {
      if (first < 1 || first > maxPageSize)
        throw new RequestError('BAD_USER_INPUT', `first must be between 1 and ${maxPageSize} (got ${first}).`)
      const wanted = filterOf(filter)
      let counts: Promise<OutcomeCounts> | undefined
      // Before the page is read, so that what changes meanwhile comes after the cursor.
      const changeCursor = await shareRequests.changeCursor(caller)
      const requests = await shareRequests.list(caller, {
        first: first + 1,
        after: after == null ? null : decode(after),
        ...wanted,
      })
      return {
        changeCursor,
        countOutcomes: () => (counts ??= shareRequests.countOutcomes(caller, wanted)),
        requests: requests.slice(0, first),
        hasNextPage: requests.length > first,
        hasPreviousPage: after != null,
      }
    },
  }),
)

export const filterOf = (
  filter: typeof ShareRequestFilterRef.$inferInput | null | undefined,
): ShareRequestFilter => ({
  policy: filter?.policy ?? null,
  reference: filter?.reference ?? null,
  states: filter?.status ?? null,
  id: filter?.id ?? null,
  referencePrefix: filter?.referencePrefix ?? null,
  passed: filter?.passed ?? null,
  createdFrom: filter?.createdFrom ?? null,
  createdBefore: filter?.createdBefore ?? null,
})

const encode = ({ createdAt, id }: Cursor) => Buffer.from(`${createdAt}:${id}`).toString('base64url')
const cursorOf = (request: ShareRequest | undefined) => (request === undefined ? null : encode(request))

function decode(cursor: string): Cursor {
  const [, createdAt, id] =
    /^(\d{1,15}):([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (createdAt === undefined || id === undefined)
    throw new RequestError(
      'BAD_USER_INPUT',
      'after is not a valid cursor. Pass pageInfo.endCursor unchanged.',
    )
  return { createdAt: Number(createdAt), id }
}
