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

const clientSecret = 'The secret that `createShareRequest` returned. Not needed with a partner key.'

const CreateShareRequestInput = builder.inputType('CreateShareRequestInput', {
  description: 'Input of `createShareRequest`.',
  fields: (t) => ({
    policy: t.string({
      required: true,
      description: 'Name of a policy, such as `age-over-18`.',
    }),
    idempotencyKey: t.string({
      required: true,
      description:
        'A random UUID (version 4 or 7), e.g. from `crypto.randomUUID()`; a new one for each share request. Keep it secret: the same key with the same input returns the same share request and its clientSecret, so that a call whose answer was lost can be repeated. Other versions and placeholders are InvalidInput.',
    }),
    reference: t.string({
      description: "The Partner's own reference, such as `order-1`. At most 200 characters.",
    }),
  }),
})

const ShareRequestInput = builder.inputType('ShareRequestInput', {
  description: 'Names a share request.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Id of the share request.' }),
    clientSecret: t.string({ description: clientSecret }),
  }),
})

const CreateShareRequestSuccess = builder
  .objectRef<{ shareRequest: ShareRequest; clientSecret: string }>('CreateShareRequestSuccess')
  .implement({
    description: 'The share request was created, or had already been created with the same idempotencyKey.',
    fields: (t) => ({
      shareRequest: t.field({
        type: ShareRequestRef,
        description: 'The share request.',
        resolve: ({ shareRequest }) => shareRequest,
      }),
      clientSecret: t.exposeString('clientSecret', {
        description:
          'Secret that authorises reading, subscribing to, checking and cancelling this share request. Keep it in the page; never put it into a URL.',
      }),
    }),
  })

const CreateShareRequestResult = builder.unionType('CreateShareRequestResult', {
  description: 'Result of `createShareRequest`.',
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
  description: 'The share request after the operation, or an error.',
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
      id: t.arg.id({ required: true, description: 'Id of the share request.' }),
      clientSecret: t.arg.string({ description: clientSecret }),
    },
    resolve: (_, handle, { shareRequests, caller }) => shareRequests.find(caller, handle),
  }),
}))

builder.mutationFields((t) => ({
  createShareRequest: t.field({
    type: CreateShareRequestResult,
    description:
      'Creates a data share request at Portmone. Anyone can use a public policy. Other policies require a partner key with `share-requests:write`.',
    args: {
      input: t.arg({
        type: CreateShareRequestInput,
        required: true,
        description: 'Input of `createShareRequest`.',
      }),
    },
    resolve: (_, { input }, context) =>
      orUserError(context.shareRequests.create(context.caller, input), context),
  }),
  checkShareRequest: t.field({
    type: ShareRequestResult,
    description:
      "Checks the status at Portmone now, for example after the SDK's `onSuccess`. The call is only a hint: the status changes only if Portmone reports a change. Requires the clientSecret, or a partner key with `share-requests:write`.",
    args: {
      input: t.arg({ type: ShareRequestInput, required: true, description: 'Names a share request.' }),
    },
    resolve: (_, { input }, context) =>
      orUserError(context.shareRequests.check(context.caller, input), context),
  }),
  cancelShareRequest: t.field({
    type: ShareRequestResult,
    description:
      'Cancels a pending share request. The gateway first checks the status at Portmone: if the customer has approved, the result is InvalidTransition. Cancelling twice is not an error. Requires the clientSecret, or a partner key with `share-requests:write`.',
    args: {
      input: t.arg({ type: ShareRequestInput, required: true, description: 'Names a share request.' }),
    },
    resolve: (_, { input }, context) =>
      orUserError(context.shareRequests.cancel(context.caller, input), context),
  }),
}))

builder.subscriptionFields((t) => ({
  shareRequestStatus: t.field({
    type: ShareRequestStatusRef,
    description:
      'The current status, then each change once and in order. Completes after a terminal status. After a reload or a lost connection, subscribe again. Requires the clientSecret, or a partner key with `share-requests:read`. Error codes: `SHARE_REQUEST_NOT_FOUND`, `UNAUTHENTICATED`, `FORBIDDEN`, `RATE_LIMITED`.',
    args: {
      id: t.arg.id({ required: true, description: 'Id of the share request.' }),
      clientSecret: t.arg.string({ description: clientSecret }),
    },
    subscribe: (_, handle, { shareRequests, caller }) => shareRequests.subscribe(caller, handle),
    resolve: (request) => request,
  }),
}))
