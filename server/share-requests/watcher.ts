import type { IdentityServiceError } from './identity-service.ts'
import type { ShareRequest } from './share-request.ts'

/** What the use cases need of whoever learns what becomes of pending share requests. */
export interface Watcher {
  /**
   * Schedules the first check of a share request that is being created.
   * @returns when it is due, in milliseconds since the epoch.
   */
  scheduleFirstCheck(expiresAt: number): number
  /** Somebody subscribes to `id` or has read it: for some time it is checked often. Cheap, however often it is called. */
  watch(id: string): void
  /**
   * Asks the issuer about `id` now, whenever it is due, and resolves once the answer has taken effect. At most one
   * call is in flight per share request. Whoever comes while one runs shares the next one, since the running one may
   * have asked too early.
   */
  check(id: string): Promise<StatusCheckResult>
}

/**
 * The result of a check:
 * - the share request after the issuer's answer has taken effect; null if it has been erased meanwhile.
 * - `deferred`: there was nothing to check, or the check was put off, because the budget is spent, another gateway is
 *   checking, or this one is stopping.
 * - an error: the issuer gave no answer.
 */
export type StatusCheckResult = ShareRequest | null | 'deferred' | IdentityServiceError
