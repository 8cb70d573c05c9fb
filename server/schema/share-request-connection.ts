import { RequestError } from '../share-requests/errors.ts'
import type { ShareRequestFilter } from '../share-requests/filter.ts'
import type { ShareRequest } from '../share-requests/share-request.ts'
import type { Cursor } from '../share-requests/store.ts'
import { builder } from './builder.ts'
import { encodePosition } from './change-cursor.ts'
import { ShareRequestRef } from './refs.ts'
import { ShareRequestStateRef } from './share-request-status.ts'

export const maxPageSize = 100

export const ShareRequestFilterRef = builder.inputType('ShareRequestFilter', {
  description: 'Which share requests are meant. All conditions must match.',
  fields: (t) => ({
    policy: t.string({ description: 'Name of the policy, such as `age-over-18`.' }),
    reference: t.string({ description: 'Exact reference, such as `order-1`.' }),
    status: t.field({
      type: [ShareRequestStateRef],
      description: 'In one of these states, such as `[PENDING, APPROVED]`.',
    }),
  }),
})

/** A page of share requests. */
interface Page {
  requests: ShareRequest[]
  /** Of the log of changes, before the page was read. */
  changePosition: number
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

const ShareRequestConnection = builder.objectRef<Page>('ShareRequestConnection').implement({
  description: 'A page of share requests, newest first.',
  fields: (t) => ({
    edges: t.field({
      type: [ShareRequestEdge],
      description: 'Share requests on this page.',
      resolve: ({ requests }) => requests,
    }),
    pageInfo: t.field({ type: PageInfo, description: 'Position of this page.', resolve: (page) => page }),
    changesCursor: t.string({
      description:
        'Cursor for `shareRequestChanges`, from before this page was read: a list, then the changes after the `changesCursor` of its first page, miss nothing.',
      resolve: ({ changePosition }) => encodePosition(changePosition),
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
      // Before the page is read, so that what changes meanwhile comes after the cursor.
      const changePosition = await shareRequests.changePosition(caller)
      const requests = await shareRequests.list(caller, {
        first: first + 1,
        after: after == null ? null : decode(after),
        ...filterOf(filter),
      })
      return {
        changePosition,
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
