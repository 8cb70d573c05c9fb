import type { FailureReason, ShareRequest } from '../share-requests/share-request.ts'
import { builder } from './builder.ts'
import { OutcomeRef } from './outcome.ts'
import { ShareRequestRef, ShareRequestStatusRef } from './refs.ts'

const FailureReasonRef = builder.enumType('FailureReason', {
  description: 'Why a share request failed.',
  values: {
    REJECTED_BY_PORTMONE: { description: 'Portmone rejects the request or no longer knows its code.' },
    FACTS_UNAVAILABLE: { description: 'The customer approved, and the facts could not be had in time.' },
  } satisfies Record<FailureReason, object>,
})

const typeNames = {
  PENDING: 'PendingStatus',
  APPROVED: 'ApprovedStatus',
  DECLINED: 'DeclinedStatus',
  EXPIRED: 'ExpiredStatus',
  CANCELLED: 'CancelledStatus',
  FAILED: 'FailedStatus',
} as const satisfies Record<ShareRequest['state'], string>

ShareRequestStatusRef.implement({
  description:
    'What has become of a share request: one type for each status, so that a switch over `__typename` is exhaustive. A terminal status (any but PendingStatus) never changes.',
  resolveType: ({ state }) => typeNames[state],
  fields: (t) => ({
    shareRequestId: t.exposeID('id', { description: 'The id of the share request.' }),
    shareRequest: t.field({
      type: ShareRequestRef,
      description: 'The share request that has this status, so that a normalised cache can follow.',
      resolve: (request) => request,
    }),
    version: t.exposeInt('version', { description: 'Counts up by one with each change; 1 is pending.' }),
    changedAt: t.expose('changedAt', { type: 'DateTime', description: 'Since when it has this status.' }),
  }),
})

/** The share request in the state `S`. */
type In<S extends ShareRequest['state']> = Extract<ShareRequest, { state: S }>

builder.objectType(builder.objectRef<In<'PENDING'>>('PendingStatus'), {
  description:
    'Open: the customer has not answered yet, or has approved a moment ago and the outcome is being established.',
  interfaces: [ShareRequestStatusRef],
  fields: (t) => ({
    code: t.exposeString('code', {
      description:
        'What the QR carries: hand it to the SDK as it is. Opaque; with the sandbox it is a URL that a phone can open.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When it expires unless the customer approves before.',
    }),
  }),
})

builder.objectType(builder.objectRef<In<'APPROVED'>>('ApprovedStatus'), {
  description:
    'The customer approved, and the checks were evaluated. It may have passed or not: see `outcome`.',
  interfaces: [ShareRequestStatusRef],
  fields: (t) => ({
    approvedAt: t.expose('approvedAt', {
      type: 'DateTime',
      description: 'When Portmone was first seen to report the approval.',
    }),
    outcome: t.field({
      type: OutcomeRef,
      description: 'Whether the checks passed.',
      resolve: (request) => request,
    }),
  }),
})

builder.objectType(builder.objectRef<In<'DECLINED'>>('DeclinedStatus'), {
  description: 'The customer declined.',
  interfaces: [ShareRequestStatusRef],
})

builder.objectType(builder.objectRef<In<'EXPIRED'>>('ExpiredStatus'), {
  description: 'The customer did not answer in time.',
  interfaces: [ShareRequestStatusRef],
})

builder.objectType(builder.objectRef<In<'CANCELLED'>>('CancelledStatus'), {
  description: 'It was cancelled, by the customer or the partner.',
  interfaces: [ShareRequestStatusRef],
})

builder.objectType(builder.objectRef<In<'FAILED'>>('FailedStatus'), {
  description: 'It came to nothing, and nobody decided so.',
  interfaces: [ShareRequestStatusRef],
  fields: (t) => ({
    reason: t.field({
      type: FailureReasonRef,
      description: 'Why, such as `FACTS_UNAVAILABLE`.',
      resolve: ({ reason }) => reason,
    }),
    retryable: t.exposeBoolean('retryable', { description: 'Whether starting again may help.' }),
  }),
})
