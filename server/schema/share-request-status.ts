import {
  type FailureReason,
  type ShareRequest,
  type ShareRequestIn,
  type ShareRequestState,
  shareRequestStates,
} from '../share-requests/share-request.ts'
import { builder } from './builder.ts'
import { OutcomeRef } from './outcome.ts'
import { ShareRequestRef, ShareRequestStatusRef } from './refs.ts'

const FailureReasonRef = builder.enumType('FailureReason', {
  description: 'Why a share request failed.',
  values: {
    REJECTED_BY_PORTMONE: { description: 'Portmone rejected the request or no longer knows its code.' },
    FACTS_UNAVAILABLE: { description: 'The customer approved, but the facts could not be fetched in time.' },
  } satisfies Record<FailureReason, object>,
})

const descriptions: Record<ShareRequestState, string> = {
  PENDING:
    'Open: the customer has not answered yet, or has just approved and the outcome is being determined.',
  APPROVED: 'The customer approved, and the checks were evaluated. `outcome` says whether they passed.',
  DECLINED: 'The customer declined.',
  EXPIRED: 'The customer did not answer in time.',
  CANCELLED: 'The customer or the partner cancelled it.',
  FAILED: 'It failed for a technical reason; see `reason`.',
}

/** `PENDING` → `PendingStatus`. */
const typeNameOf = (state: ShareRequestState) => `${state[0]}${state.slice(1).toLowerCase()}Status`

const forEachState = <T>(create: (state: ShareRequestState) => T) =>
  Object.fromEntries(shareRequestStates.map((state) => [state, create(state)])) as Record<
    ShareRequestState,
    T
  >

const typeNames = forEachState(typeNameOf)

export const ShareRequestStateRef = builder.enumType('ShareRequestState', {
  description: "A share request's state, to filter by.",
  values: forEachState((state) => ({
    description: `${descriptions[state]} The status is a ${typeNameOf(state)}.`,
  })),
})

ShareRequestStatusRef.implement({
  description:
    'Status of a share request, with one type for each state, so that a switch over `__typename` is exhaustive. A terminal status (any except PendingStatus) never changes.',
  resolveType: ({ state }) => typeNames[state],
  fields: (t) => ({
    shareRequestId: t.exposeID('id', { description: 'Id of the share request.' }),
    shareRequest: t.field({
      type: ShareRequestRef,
      description: 'The share request, so that normalised caches update it.',
      resolve: (request) => request,
    }),
    version: t.exposeInt('version', {
      description: 'Starts at 1 (pending) and increases by one with each change.',
    }),
    changedAt: t.expose('changedAt', {
      type: 'DateTime',
      description: 'When the share request reached this status.',
    }),
  }),
})

/** One type for each state. Those whose state has fields of its own get them below. */
const statuses = forEachState((state) => builder.objectRef<ShareRequest>(typeNameOf(state))) as {
  [S in ShareRequestState]: ReturnType<typeof builder.objectRef<ShareRequestIn<S>>>
}
for (const state of shareRequestStates)
  builder.objectType(statuses[state], {
    description: descriptions[state],
    interfaces: [ShareRequestStatusRef],
  })

builder.objectFields(statuses.PENDING, (t) => ({
  code: t.exposeString('code', {
    description:
      'What the QR carries: hand it to the SDK unchanged. Opaque; with the sandbox it is a URL that a phone can open.',
  }),
  expiresAt: t.expose('expiresAt', {
    type: 'DateTime',
    description: 'When it expires unless the customer answers first.',
  }),
}))

builder.objectFields(statuses.APPROVED, (t) => ({
  approvedAt: t.expose('approvedAt', {
    type: 'DateTime',
    description: 'When Portmone first reported the approval.',
  }),
  outcome: t.field({
    type: OutcomeRef,
    description: 'Whether the checks passed.',
    resolve: (request) => request,
  }),
}))

builder.objectFields(statuses.FAILED, (t) => ({
  reason: t.field({
    type: FailureReasonRef,
    description: 'Why, such as `FACTS_UNAVAILABLE`.',
    resolve: ({ reason }) => reason,
  }),
  retryable: t.exposeBoolean('retryable', { description: 'Whether a new share request can succeed.' }),
}))
