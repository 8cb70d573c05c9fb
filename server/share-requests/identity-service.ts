import type { FactKind, IdentityFacts } from './facts.ts'

/** An issuer of proven identity facts, such as the Portmone Service. Every method rejects with an IdentityServiceError. */
export interface IdentityService {
  /**
   * Creates a request for facts. With the same `idempotencyKey` the answer has the same code, if the service honours
   * the key.
   */
  createRequest(ask: FactRequest, idempotencyKey: string): Promise<IssuedRequest>
  /** The status that the service reports now. An unknown status counts as PENDING. */
  statusOf(request: IssuedRequest): Promise<IdentityStatus>
  /** The facts that the customer shared. Requires an approved request. */
  factsOf(request: IssuedRequest): Promise<IdentityFacts>
}

/** A request that the issuer created. */
export interface IssuedRequest {
  /** The content of the QR code. */
  code: string
  /** The issuer's own id for it. An answer about another ID is rejected. Null if unknown. */
  issuerRequestId: string | null
}

/** `lifetime` is in seconds; `purpose` is shown on the customer's phone. */
export interface FactRequest {
  facts: readonly FactKind[]
  purpose: string
  lifetime: number
}

export type IdentityStatus = 'PENDING' | 'APPROVED' | 'DECLINED'

/**
 * Why a call to the identity service failed:
 * - UNAVAILABLE: not reachable, too slow, overloaded, or the answer did not come from the service. It may work later.
 * - CREDENTIALS_REFUSED: it rejects the Partner's credentials. The operator must fix them.
 * - UNKNOWN_CODE: it does not know the code, or no longer does.
 * - REJECTED: it rejects the request itself.
 * - INVALID_ANSWER: it answered, but not in the form that was agreed. Retrying is unlikely to help.
 */
export type IdentityServiceErrorReason =
  | 'UNAVAILABLE'
  | 'CREDENTIALS_REFUSED'
  | 'UNKNOWN_CODE'
  | 'REJECTED'
  | 'INVALID_ANSWER'

/** The one error that an IdentityService throws. Its message carries no credential, token or fact. */
export class IdentityServiceError extends Error {
  override name = 'IdentityServiceError'
  readonly reason: IdentityServiceErrorReason
  /** Seconds after which the service wants to be asked again, if it said so. */
  readonly retryAfter: number | undefined
  constructor(
    reason: IdentityServiceErrorReason,
    message: string,
    options?: ErrorOptions & { retryAfter?: number | undefined },
  ) {
    super(message, options)
    this.reason = reason
    this.retryAfter = options?.retryAfter
  }
}
