import { cursorOf, type LoggedChange } from '../share-requests/store.ts'
import { builder } from './builder.ts'
import { decodeChangeCursor, encodeChangeCursor } from './change-cursor.ts'
import { ShareRequestRef } from './refs.ts'
import { filterOf, ShareRequestFilterRef } from './share-request-connection.ts'

const ShareRequestChange = builder.objectRef<LoggedChange>('ShareRequestChange').implement({
  description: 'A share request that was created, or whose status changed.',
  fields: (t) => ({
    cursor: t.string({
      description:
        'Opaque position of the change, to pass as `after`. Valid after a restart, on every gateway.',
      resolve: (change) => encodeChangeCursor(cursorOf(change)),
    }),
    shareRequest: t.field({
      type: ShareRequestRef,
      description: 'The share request with the status that the change led to.',
      resolve: ({ request }) => request,
    }),
  }),
})

builder.subscriptionField('shareRequestChanges', (t) =>
  t.field({
    type: ShareRequestChange,
    description:
      'Every share request that matches the filter, each time it is created or its status changes, in order. Without `after` it begins now; with `after` it first replays what has happened since. Delivery is at least once: `shareRequest.id` and `status.version` tell duplicates apart. Changes are stored for as long as their share request. Requires a partner key with `share-requests:read`. Error codes: `UNAUTHENTICATED`, `FORBIDDEN`, `BAD_USER_INPUT`, `CURSOR_EXPIRED`, `SLOW_CONSUMER`, `RATE_LIMITED`.',
    args: {
      filter: t.arg({
        type: ShareRequestFilterRef,
        description: 'Conditions that the share request must match with the status that the change led to.',
      }),
      after: t.arg.string({
        description: '`cursor` of the last change that was processed, or `changesCursor` of a list.',
      }),
    },
    subscribe: (_, { filter, after }, { shareRequests, caller }) =>
      shareRequests.subscribeToChanges(
        caller,
        filterOf(filter),
        after == null ? null : decodeChangeCursor(after),
      ),
    resolve: (change) => change,
  }),
)
