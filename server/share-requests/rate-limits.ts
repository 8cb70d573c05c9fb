/** The limit on reads of facts, which cause a request to the issuer each. The store counts creations and checks. */
export interface RateLimits {
  /** Counts one read of facts with this partner key. Throws RateLimited. */
  facts(keyId: string): Promise<void>
}
