import {
  IdempotencyConflict,
  InvalidInput,
  InvalidTransition,
  RateLimited,
  ShareRequestNotFound,
  UnknownPolicy,
  UpstreamUnavailable,
  UserError,
} from '../share-requests/errors.ts'
import { builder } from './builder.ts'
import { ShareRequestStatusRef } from './refs.ts'

const UserErrorRef = builder.interfaceRef<UserError>('UserError').implement({
  description: 'An error that the caller can act on. Its `message` says how; it is written for developers.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What is wrong and how to mend it, in English.' }),
  }),
})

const InputIssueRef = builder.objectRef<InvalidInput['issues'][number]>('InputIssue').implement({
  description: 'One fault of the input.',
  fields: (t) => ({
    path: t.exposeStringList('path', {
      description: 'Where the fault is, from the argument on, such as `["input", "idempotencyKey"]`.',
    }),
    message: t.exposeString('message', { description: 'What is wrong there and how to mend it.' }),
  }),
})

builder.objectType(InvalidInput, {
  name: 'InvalidInput',
  description: 'The input breaks a rule. Nothing was done; mend what `issues` names and send it again.',
  interfaces: [UserErrorRef],
  fields: (t) => ({
    issues: t.field({ type: [InputIssueRef], description: 'Every fault.', resolve: ({ issues }) => issues }),
  }),
})

builder.objectType(UnknownPolicy, {
  name: 'UnknownPolicy',
  description: 'There is no policy of this name, or this caller may not use it.',
  interfaces: [UserErrorRef],
  fields: (t) => ({
    policies: t.exposeStringList('policies', {
      description: 'Names of the policies that this caller may use.',
    }),
  }),
})

builder.objectType(RateLimited, {
  name: 'RateLimited',
  description: 'Too many requests of this kind. Nothing was done.',
  interfaces: [UserErrorRef],
  fields: (t) => ({
    retryAfter: t.exposeInt('retryAfter', { description: 'Seconds to wait before trying again.' }),
  }),
})

builder.objectType(IdempotencyConflict, {
  name: 'IdempotencyConflict',
  description: 'The `idempotencyKey` was used before, with other input. Nothing was done; use a new key.',
  interfaces: [UserErrorRef],
})

builder.objectType(UpstreamUnavailable, {
  name: 'UpstreamUnavailable',
  description: 'Portmone gave no usable answer. Nothing is lost: the same call can be made again.',
  interfaces: [UserErrorRef],
  fields: (t) => ({
    retryable: t.exposeBoolean('retryable', {
      description:
        'Whether the same call may work later. If not, the operator of the gateway must look into it.',
    }),
  }),
})

builder.objectType(ShareRequestNotFound, {
  name: 'ShareRequestNotFound',
  description:
    'There is no such share request (any more), or the `clientSecret` is not its own: the two look alike, so that ids cannot be probed.',
  interfaces: [UserErrorRef],
})

builder.objectType(InvalidTransition, {
  name: 'InvalidTransition',
  description: 'The share request is in a status that does not allow this.',
  interfaces: [UserErrorRef],
  fields: (t) => ({
    status: t.field({
      type: ShareRequestStatusRef,
      description: 'The status that it has.',
      resolve: ({ request }) => request,
    }),
  }),
})

/** The errors of `promise` that a caller can act on, as values: members of a union. */
export const orUserError = <T>(promise: Promise<T>): Promise<T | UserError> =>
  promise.catch((error) => {
    if (error instanceof UserError) return error
    throw error
  })
