export interface LimitedCaller {
  /** A partner key or a network. */
  name: string
  allowance: number
}

/** Limits on calls that cause a request to the issuer. The store counts checks, with the work that they claim. */
export interface RateLimits {
  /** Counts one creation for each of these, which each have a multiple of the limit. Throws RateLimited. */
  create(callers: readonly LimitedCaller[]): Promise<void>
  /** Counts one read of facts with this partner key. Throws RateLimited. */
  facts(keyId: string): Promise<void>
}
