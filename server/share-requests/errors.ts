import type { IdentityServiceError } from './identity-service.ts'
import type { ShareRequest } from './share-request.ts'

/** An error that the caller can act on. Its message says how. */
export abstract class UserError extends Error {}

/** `path` leads from the argument to the invalid field. */
export interface InputIssue {
  path: string[]
  message: string
}

export class InvalidInput extends UserError {
  override name = 'InvalidInput'
  readonly issues: InputIssue[]
  constructor(issues: InputIssue[]) {
    super(`Invalid input: ${issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`)
    this.issues = issues
  }
}

export class UnknownPolicy extends UserError {
  override name = 'UnknownPolicy'
  /** Names of the policies that the caller may use. */
  readonly policies: string[]
  constructor(policy: string, policies: string[]) {
    super(
      `Policy ${JSON.stringify(policy.slice(0, 64))} does not exist or is not available to you. Use one of: ${policies.join(', ') || '(none)'}.`,
    )
    this.policies = policies
  }
}

export class RateLimited extends UserError {
  override name = 'RateLimited'
  /** Seconds. */
  readonly retryAfter: number
  constructor(retryAfter: number) {
    super(`Too many requests. Try again in ${retryAfter} s.`)
    this.retryAfter = retryAfter
  }
}

export class IdempotencyConflict extends UserError {
  override name = 'IdempotencyConflict'
  constructor() {
    super('This idempotencyKey was already used with different input. Use a new key for a new share request.')
  }
}

export class UpstreamUnavailable extends UserError {
  override name = 'UpstreamUnavailable'
  readonly retryable: boolean
  constructor(message: string, retryable: boolean, options?: ErrorOptions) {
    super(message, options)
    this.retryable = retryable
  }
}

/** The error that the caller gets for `error`. `how` says how to try again. */
export function upstreamUnavailable(error: IdentityServiceError, how = ''): UpstreamUnavailable {
  if (error.reason === 'UNAVAILABLE' || error.reason === 'INVALID_ANSWER')
    return new UpstreamUnavailable(
      `Portmone is temporarily unavailable. Try again${how && ` ${how}`}.`,
      true,
      { cause: error },
    )
  return new UpstreamUnavailable("Portmone rejected the request. Contact the gateway's operator.", false, {
    cause: error,
  })
}

/** Also thrown for a wrong clientSecret, so that ids cannot be probed. */
export class ShareRequestNotFound extends UserError {
  override name = 'ShareRequestNotFound'
  constructor() {
    super('Share request not found, or the clientSecret does not match.')
  }
}

export class InvalidTransition extends UserError {
  override name = 'InvalidTransition'
  readonly request: ShareRequest
  constructor(message: string, request: ShareRequest) {
    super(message)
    this.request = request
  }
}

/** Why a request was refused to a caller who may know that its object exists. */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'BAD_USER_INPUT'
  | 'FACT_NOT_REQUESTED'
  | 'SHARE_REQUEST_NOT_APPROVED'
  | 'FACTS_NOT_IN_SUBSCRIPTION'
  | 'CURSOR_EXPIRED'
  | 'SLOW_CONSUMER'

/** An error with its own code that is not a member of a result union. */
export class RequestError extends Error {
  override name = 'RequestError'
  readonly code: ErrorCode
  constructor(code: ErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
