import type { ShareRequest } from '../share-requests/share-request.ts'
import { builder } from './builder.ts'
import {
  IdempotencyConflictRef,
  InvalidInputRef,
  InvalidTransitionRef,
  orUserError,
  RateLimitedRef,
  ShareRequestNotFoundRef,
  typeOr,
  UnknownPolicyRef,
  UpstreamUnavailableRef,
} from './errors.ts'
import { ShareRequestRef, ShareRequestStatusRef } from './refs.ts'

const clientSecret =
  "The share request's own secret, as `createShareRequest` gave it. Not needed with a partner key."

const CreateShareRequestInput = builder.inputType('CreateShareRequestInput', {
  description: 'What to create.',
  fields: (t) => ({
    policy: t.string({
      required: true,
      description: 'The name of a policy, such as `age-over-18`. The server decides what it asks.',
    }),
    idempotencyKey: t.string({
      required: true,
      description:
        'A random UUID (version 4 or 7), e.g. from `crypto.randomUUID()`; a new one for each share request. Keep it secret: the same key with the same input returns the same share request and its clientSecret, so that a call whose answer was lost can be repeated. Other versions and placeholders are InvalidInput.',
    }),
    reference: t.string({
      description: "The partner's own reference, echoed back, such as `order-1`. At most 200 characters.",
    }),
  }),
})

const ShareRequestInput = builder.inputType('ShareRequestInput', {
  description: 'Which share request.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Its id.' }),
    clientSecret: t.string({ description: clientSecret }),
  }),
})

const CreateShareRequestSuccess = builder
  .objectRef<{ shareRequest: ShareRequest; clientSecret: string }>('CreateShareRequestSuccess')
  .implement({
    description: 'The share request is there, and pending unless the same key had created it before.',
    fields: (t) => ({
      shareRequest: t.field({
        type: ShareRequestRef,
        description: 'The share request.',
        resolve: ({ shareRequest }) => shareRequest,
      }),
      clientSecret: t.exposeString('clientSecret', {
        description:
          'Lets its holder follow, check and cancel this one share request. Keep it in the page, never in a URL.',
      }),
    }),
  })

const CreateShareRequestResult = builder.unionType('CreateShareRequestResult', {
  description: 'What came of `createShareRequest`.',
  types: [
    CreateShareRequestSuccess,
    InvalidInputRef,
    UnknownPolicyRef,
    RateLimitedRef,
    IdempotencyConflictRef,
    UpstreamUnavailableRef,
  ],
  resolveType: typeOr(CreateShareRequestSuccess.name),
})

const ShareRequestResult = builder.unionType('ShareRequestResult', {
  description: 'The share request as it is afterwards, or why not.',
  types: [
    ShareRequestRef,
    ShareRequestNotFoundRef,
    InvalidTransitionRef,
    RateLimitedRef,
    UpstreamUnavailableRef,
  ],
  resolveType: typeOr(ShareRequestRef.name),
})

builder.queryFields((t) => ({
  shareRequest: t.field({
    type: ShareRequestRef,
    nullable: true,
    description:
      'One share request; null if it does not exist, and for a wrong clientSecret. Requires its clientSecret, or a partner key with `share-requests:read`: with neither, the error has the code `UNAUTHENTICATED`.',
    args: {
      id: t.arg.id({ required: true, description: 'Its id.' }),
      clientSecret: t.arg.string({ description: clientSecret }),
    },
    resolve: (_, handle, { shareRequests, caller }) => shareRequests.find(caller, handle),
  }),
}))

builder.mutationFields((t) => ({
  createShareRequest: t.field({
    type: CreateShareRequestResult,
    description:
      'Creates a data share request at Portmone. Anyone may, from a public policy; with a partner key that has `share-requests:write`, from any.',
    args: { input: t.arg({ type: CreateShareRequestInput, required: true, description: 'What to create.' }) },
    resolve: (_, { input }, { shareRequests, caller }) => orUserError(shareRequests.create(caller, input)),
  }),
  checkShareRequest: t.field({
    type: ShareRequestResult,
    description:
      "A hint that something has happened, such as the SDK's `onSuccess`. The gateway asks Portmone itself, at once, and believes only that. Needs the clientSecret, or a partner key with `share-requests:write`.",
    args: { input: t.arg({ type: ShareRequestInput, required: true, description: 'Which share request.' }) },
    resolve: (_, { input }, { shareRequests, caller }) => orUserError(shareRequests.check(caller, input)),
  }),
  cancelShareRequest: t.field({
    type: ShareRequestResult,
    description:
      'Cancels a pending share request. Portmone is asked first: an approval wins, and then the answer is InvalidTransition. Cancelling twice is no error. Needs the clientSecret, or a partner key with `share-requests:write`.',
    args: { input: t.arg({ type: ShareRequestInput, required: true, description: 'Which share request.' }) },
    resolve: (_, { input }, { shareRequests, caller }) => orUserError(shareRequests.cancel(caller, input)),
  }),
}))

builder.subscriptionFields((t) => ({
  shareRequestStatus: t.field({
    type: ShareRequestStatusRef,
    description:
      'The current status at once, then each change once and in order; completes after a terminal status. So after a reload or a lost connection it is enough to subscribe again. Needs the clientSecret, or a partner key with `share-requests:read`. Refusals carry `extensions.code`: `SHARE_REQUEST_NOT_FOUND`, `RATE_LIMITED`.',
    args: {
      id: t.arg.id({ required: true, description: 'The id of the share request.' }),
      clientSecret: t.arg.string({ description: clientSecret }),
    },
    subscribe: (_, handle, { shareRequests, caller }) => shareRequests.subscribe(caller, handle),
    resolve: (request) => request,
  }),
}))
