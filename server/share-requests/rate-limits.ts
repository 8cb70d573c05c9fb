/** How often a caller may do what costs Portmone a call. */
export interface RateLimits {
  /** Counts one creation by this caller. Throws RateLimited. */
  create(caller: string): Promise<void>
  /** Counts one check or cancel of this share request. Throws RateLimited. */
  check(id: string): Promise<void>
}
