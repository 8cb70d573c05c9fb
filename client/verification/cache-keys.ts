import { possibleTypes } from '../generated/possible-types.ts'

const embedded = () => null

/**
 * How urql's normalised cache tells the schema's objects apart: pass it to `cacheExchange({ keys: cacheKeys })`. A
 * ShareRequest has an id and needs no entry; a Policy is known by its name; everything else is part of its parent.
 */
export const cacheKeys = {
  Policy: ({ name }: Readonly<Record<string, unknown>>) => (typeof name === 'string' ? name : null),

  ...Object.fromEntries(possibleTypes.ShareRequestStatus.map((status) => [status, embedded])),
  Outcome: embedded,
  CheckResult: embedded,

  IdentityFacts: embedded,
  PostalAddress: embedded,

  ShareRequestConnection: embedded,
  ShareRequestEdge: embedded,
  PageInfo: embedded,
  ShareRequestChange: embedded,

  CreateShareRequestSuccess: embedded,
  InvalidInput: embedded,
  InputIssue: embedded,
  UnknownPolicy: embedded,
  RateLimited: embedded,
  IdempotencyConflict: embedded,
  UpstreamUnavailable: embedded,
  ShareRequestNotFound: embedded,
  InvalidTransition: embedded,
}
