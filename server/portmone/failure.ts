import { IdentityServiceError, type IdentityServiceErrorReason } from '../share-requests/identity-service.ts'
import type { UpstreamCall, UpstreamResult } from './monitor.ts'

export interface FailureDetails {
  reason?: IdentityServiceErrorReason
  result?: Exclude<UpstreamResult, 'ok'>
  /** Whether the same call may succeed in a moment. */
  retryable?: boolean
  /** Seconds. */
  retryAfter?: number | undefined
  code?: string
}

/**
 * Why a call to Portmone failed: the domain's error, with what retries and the circuit need. It never has a `cause`,
 * because errors of the HTTP client can carry bytes of the answer.
 */
export class UpstreamFailure extends IdentityServiceError {
  readonly call: UpstreamCall
  readonly what: string
  readonly result: Exclude<UpstreamResult, 'ok'>
  readonly retryable: boolean
  /** Node's or undici's code for why there is no answer; ETIMEDOUT after a timeout of ours. */
  readonly code: string | undefined
  constructor(call: UpstreamCall, what: string, details: FailureDetails = {}) {
    super(details.reason ?? 'UNAVAILABLE', `Portmone, ${call}: ${what}.`, { retryAfter: details.retryAfter })
    this.call = call
    this.what = what
    this.result = details.result ?? 'unavailable'
    this.retryable = details.retryable ?? false
    this.code = details.code
  }
}
