import type { KeyingConfig } from '@urql/exchange-graphcache'
import { possibleTypes } from '../generated/possible-types.ts'

const embedded = () => null

/**
 * How urql's normalised cache tells the schema's objects apart: for `cacheExchange({ keys: cacheKeys })`. A
 * ShareRequest has an id and needs no entry; a Policy has its name; all else is part of what it stands in.
 */
export const cacheKeys = {
  Policy: (policy) => (typeof policy.name === 'string' ? policy.name : null),

  ...Object.fromEntries(possibleTypes.ShareRequestStatus.map((status) => [status, embedded])),
  Outcome: embedded,
  CheckResult: embedded,

  IdentityFacts: embedded,
  PostalAddress: embedded,

  ShareRequestConnection: embedded,
  ShareRequestEdge: embedded,
  PageInfo: embedded,

  CreateShareRequestSuccess: embedded,
  InvalidInput: embedded,
  InputIssue: embedded,
  UnknownPolicy: embedded,
  RateLimited: embedded,
  IdempotencyConflict: embedded,
  UpstreamUnavailable: embedded,
  ShareRequestNotFound: embedded,
  InvalidTransition: embedded,
} satisfies KeyingConfig
