import type { FactKind } from './facts.ts'
import type { PendingShareRequest, ShareRequest, TerminalShareRequest } from './share-request.ts'

/** What the domain tells of itself, for logs and metrics. Nothing that it passes carries a fact. */
export interface Monitor {
  created(request: ShareRequest): void
  /** Portmone was first seen to report the approval. */
  approvalSeen(request: PendingShareRequest): void
  /** This gateway made the one transition of a share request. */
  transition(request: TerminalShareRequest): void
  /** The operator had the share request erased. */
  erased(id: string): void
  /** Portmone reported an approval after the share request had become terminal; no facts were pulled. */
  lateApproval(id: string): void
  /** A change was handed to a subscriber, so many seconds after it was made. */
  delivered(seconds: number): void
  /** A check joined one that was under way already. */
  checkSaved(): void
  /** A check or a pull of facts brought no answer; it will be tried again. */
  delayed(id: string, error: Error): void
  /** A partner was given the facts of a share request: which kinds, never their values. */
  factsRead(keyId: string, id: string, kinds: readonly FactKind[]): void
  /** Something went wrong in the background that nobody waits for. */
  failed(what: string, error: unknown): void
}
