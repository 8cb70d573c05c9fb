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
import { ShareRequestStatusRef } from './refs.ts'

/** An error as a member of a union. Not an Error itself, since one that a resolver returns counts as thrown. */
type Value<E extends UserError> = Omit<E, keyof Error> & { __typename: string; message: string }

const UserErrorRef = builder.interfaceRef<Value<UserError>>('UserError').implement({
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

export const InvalidInputRef = builder.objectRef<Value<InvalidInput>>('InvalidInput').implement({
  description: 'The input breaks a rule. Nothing was done; mend what `issues` names and send it again.',
  interfaces: [UserErrorRef],
  fields: (t) => ({
    issues: t.field({ type: [InputIssueRef], description: 'Every fault.', resolve: ({ issues }) => issues }),
  }),
})

export const UnknownPolicyRef = builder.objectRef<Value<UnknownPolicy>>('UnknownPolicy').implement({
  description: 'There is no policy of this name, or this caller may not use it.',
  interfaces: [UserErrorRef],
  fields: (t) => ({
    policies: t.exposeStringList('policies', {
      description: 'Names of the policies that this caller may use.',
    }),
  }),
})

export const RateLimitedRef = builder.objectRef<Value<RateLimited>>('RateLimited').implement({
  description: 'Too many requests of this kind. Nothing was done.',
  interfaces: [UserErrorRef],
  fields: (t) => ({
    retryAfter: t.exposeInt('retryAfter', {
      description: 'Whole seconds to wait before trying again, such as 30.',
    }),
  }),
})

export const IdempotencyConflictRef = builder
  .objectRef<Value<IdempotencyConflict>>('IdempotencyConflict')
  .implement({
    description: 'The `idempotencyKey` was used before, with other input. Nothing was done; use a new key.',
    interfaces: [UserErrorRef],
  })

export const UpstreamUnavailableRef = builder
  .objectRef<Value<UpstreamUnavailable>>('UpstreamUnavailable')
  .implement({
    description: 'Portmone gave no usable answer. Nothing is lost: the same call can be made again.',
    interfaces: [UserErrorRef],
    fields: (t) => ({
      retryable: t.exposeBoolean('retryable', {
        description:
          'Whether the same call may work later. If not, the operator of the gateway must look into it.',
      }),
    }),
  })

export const ShareRequestNotFoundRef = builder
  .objectRef<Value<ShareRequestNotFound>>('ShareRequestNotFound')
  .implement({
    description:
      'There is no such share request (any more), or the `clientSecret` is not its own: the two look alike, so that ids cannot be probed.',
    interfaces: [UserErrorRef],
  })

export const InvalidTransitionRef = builder
  .objectRef<Value<InvalidTransition>>('InvalidTransition')
  .implement({
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

/** The errors of `promise` that a caller can act on, as members of a union. */
export const orUserError = <T extends object>(promise: Promise<T>): Promise<T | Value<UserError>> =>
  promise.catch((error) => {
    if (!(error instanceof UserError)) throw error
    return { ...error, __typename: error.name, message: error.message }
  })

/** The type of what `orUserError` gave, where it is no error. */
export const typeOr = (typeName: string) => (value: object) =>
  '__typename' in value ? String(value.__typename) : typeName
