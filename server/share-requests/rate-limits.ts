export interface LimitedCaller {
  /** A partner key or a network. */
  name: string
  allowance: number
}

/** How often a caller may do what costs Portmone a call. */
export interface RateLimits {
  /** Counts one creation for each of these, who each have a multiple of the limit. Throws RateLimited. */
  create(callers: readonly LimitedCaller[]): Promise<void>
  /** Counts one check or cancel of this share request. Throws RateLimited. */
  check(id: string): Promise<void>
}
