/** Kinds of requests to the issuer, each with a share of the upstream budget that the others cannot use up. */
export const upstreamRequestKinds = ['creation', 'check', 'facts'] as const
export type UpstreamRequestKind = (typeof upstreamRequestKinds)[number]

/** The requests per second that the Partner grants itself at the issuer. */
export interface UpstreamBudget {
  /**
   * Waits for a turn to make one request. Turns come in the order in which they were asked for.
   * Throws RateLimited if the turn would come too late to wait for.
   */
  turn(kind: UpstreamRequestKind): Promise<void>
}
