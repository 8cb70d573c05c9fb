import type { FactKind, IdentityFacts } from './facts.ts'

/** What the domain needs of an issuer of proven identity facts, such as the Portmone Service. */
export interface IdentityService {
  /**
   * Asks a customer for facts; answers with the code that a QR is to carry. Repeated with the same `idempotencyKey`
   * it answers with the same code, where the service honours the key.
   */
  createRequest(ask: FactRequest, idempotencyKey: string): Promise<{ code: string }>
  /** What the service reports of a code now. A status that is not known counts as PENDING. */
  statusOf(code: string): Promise<IdentityStatus>
  /** The facts that were shared under an approved code. */
  factsOf(code: string): Promise<IdentityFacts>
}

/** `lifetime` counts seconds; `purpose` is shown to the customer. */
export interface FactRequest {
  facts: readonly FactKind[]
  purpose: string
  lifetime: number
}

export type IdentityStatus = 'PENDING' | 'APPROVED' | 'DECLINED'

/**
 * Why a call to the identity service brought no answer:
 * - UNAVAILABLE: not reached, too slow, overloaded, or its answer made no sense. Later it may work.
 * - CREDENTIALS_REFUSED: it does not accept the Partner's credentials. The operator must mend that.
 * - UNKNOWN_CODE: it does not know the code, or no longer.
 * - REJECTED: it refuses the request itself.
 */
export type IdentityServiceErrorReason = 'UNAVAILABLE' | 'CREDENTIALS_REFUSED' | 'UNKNOWN_CODE' | 'REJECTED'

/** The one error that an IdentityService throws. Its message carries no credential, token or fact. */
export class IdentityServiceError extends Error {
  override name = 'IdentityServiceError'
  readonly reason: IdentityServiceErrorReason
  /** Seconds after which the service wants to be asked again, where it said so. */
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
