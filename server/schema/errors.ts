import {
  type IdempotencyConflict,
  type InvalidInput,
  type InvalidTransition,
  type RateLimited,
  type ShareRequestNotFound,
  type UnknownPolicy,
  type UpstreamUnavailable,
  UserError,
} from '../share-requests/errors.ts'
import { builder } from './builder.ts'
import type { Context } from './context.ts'
import { ShareRequestStatusRef } from './refs.ts'

/** An error as a union member. Not an Error itself, because graphql-js treats a returned Error as thrown. */
type Value<E extends UserError> = Omit<E, keyof Error> & { __typename: string; message: string }

const UserErrorRef = builder.interfaceRef<Value<UserError>>('UserError').implement({
  description: 'An error that the caller can act on. `message` is in English and for developers.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What is wrong and how to fix it, in English.' }),
  }),
})

const InputIssueRef = builder.objectRef<InvalidInput['issues'][number]>('InputIssue').implement({
  description: 'One invalid value of the input.',
  fields: (t) => ({
    path: t.exposeStringList('path', {
      description: 'Path to the value, starting with the argument, such as `["input", "idempotencyKey"]`.',
    }),
    message: t.exposeString('message', { description: 'What is wrong with it and how to fix it.' }),
  }),
})

export const InvalidInputRef = builder.objectRef<Value<InvalidInput>>('InvalidInput').implement({
  description: 'The input is invalid. Nothing was done. Fix the values in `issues` and retry.',
  interfaces: [UserErrorRef],
  fields: (t) => ({
    issues: t.field({
      type: [InputIssueRef],
      description: 'Every invalid value.',
      resolve: ({ issues }) => issues,
    }),
  }),
})

export const UnknownPolicyRef = builder.objectRef<Value<UnknownPolicy>>('UnknownPolicy').implement({
  description: 'The policy does not exist or is not available to this caller.',
  interfaces: [UserErrorRef],
  fields: (t) => ({
    policies: t.exposeStringList('policies', {
      description: 'Names of the policies that are available to this caller.',
    }),
  }),
})

export const RateLimitedRef = builder.objectRef<Value<RateLimited>>('RateLimited').implement({
  description: 'Too many requests. Nothing was done. Retry after `retryAfter` seconds.',
  interfaces: [UserErrorRef],
  fields: (t) => ({
    retryAfter: t.exposeInt('retryAfter', {
      description: 'Seconds to wait before the next attempt, such as 30.',
    }),
  }),
})

export const IdempotencyConflictRef = builder
  .objectRef<Value<IdempotencyConflict>>('IdempotencyConflict')
  .implement({
    description:
      'The `idempotencyKey` was already used with different input. Nothing was done. Use a new key.',
    interfaces: [UserErrorRef],
  })

export const UpstreamUnavailableRef = builder
  .objectRef<Value<UpstreamUnavailable>>('UpstreamUnavailable')
  .implement({
    description: 'Portmone is unavailable or rejected the request. Repeating the call is safe.',
    interfaces: [UserErrorRef],
    fields: (t) => ({
      retryable: t.exposeBoolean('retryable', {
        description: "Whether the same call can succeed later. If not, contact the gateway's operator.",
      }),
    }),
  })

export const ShareRequestNotFoundRef = builder
  .objectRef<Value<ShareRequestNotFound>>('ShareRequestNotFound')
  .implement({
    description:
      'The share request does not exist, no longer exists, or the `clientSecret` does not match. The answers are the same, so that ids cannot be probed.',
    interfaces: [UserErrorRef],
  })

export const InvalidTransitionRef = builder
  .objectRef<Value<InvalidTransition>>('InvalidTransition')
  .implement({
    description: 'The current status of the share request does not allow this.',
    interfaces: [UserErrorRef],
    fields: (t) => ({
      status: t.field({
        type: ShareRequestStatusRef,
        description: 'The current status.',
        resolve: ({ request }) => request,
      }),
    }),
  })

/** Turns the errors of `promise` that callers can act on into union members. */
export const orUserError = <T extends object>(
  promise: Promise<T>,
  { onUserError }: Pick<Context, 'onUserError'>,
): Promise<T | Value<UserError>> =>
  promise.catch((error) => {
    if (!(error instanceof UserError)) throw error
    onUserError?.(error)
    return { ...error, __typename: error.name, message: error.message }
  })

/** Resolves the type of a result of `orUserError`: `typeName` unless it is an error. */
export const typeOr = (typeName: string) => (value: object) =>
  '__typename' in value ? String(value.__typename) : typeName
