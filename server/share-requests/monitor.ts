import type { FactKind } from './facts.ts'
import type { PendingShareRequest, ShareRequest, TerminalShareRequest } from './share-request.ts'

/** What the domain reports about itself, for logs and metrics. Nothing here carries a fact. */
export interface Monitor {
  created(request: ShareRequest): void
  /** Portmone reported the approval for the first time. */
  approvalSeen(request: PendingShareRequest): void
  /** This gateway made the one transition of a share request. */
  transition(request: TerminalShareRequest): void
  /** The operator had the share request erased. */
  erased(id: string): void
  /** Portmone reported an approval after the share request had become terminal; no facts were fetched. */
  lateApproval(id: string): void
  /** A change was delivered to a subscriber, `seconds` after it was made. */
  delivered(seconds: number): void
  /** A check joined one that was already in progress. */
  checkSaved(): void
  /** The issuer did not answer a check or a request for facts, which will be retried. */
  delayed(id: string, error: Error): void
  /** A caller got an error, because the issuer did not answer or rejected the request. `what` was being done. */
  issuerFailed(what: string, id: string, error: Error): void
  /** A partner was given the facts of a share request: which kinds, never their values. */
  factsRead(keyId: string, id: string, kinds: readonly FactKind[]): void
  /** A background task failed. */
  failed(what: string, error: unknown): void
}
