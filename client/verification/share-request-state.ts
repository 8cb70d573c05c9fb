import type {
  CancelShareRequestMutation,
  CreateShareRequestMutation,
  ShareRequestFieldsFragment,
} from '../generated/graphql.ts'
import type { ShareRequestHandle } from './saved-share-request.ts'
import type { UnreachableCause } from './unreachable-cause.ts'

export type ShareRequest = ShareRequestFieldsFragment
export type ShareRequestStatus = ShareRequest['status']
export type StatusOf<Name extends ShareRequestStatus['__typename']> = Extract<
  ShareRequestStatus,
  { __typename: Name }
>

type CreateResult = CreateShareRequestMutation['createShareRequest']
/** Why the gateway did not create a share request. */
export type CreateError = Exclude<CreateResult, { __typename: 'CreateShareRequestSuccess' }>

type CancelResult = CancelShareRequestMutation['cancelShareRequest']
/** Why a share request was not cancelled. */
export type CancelError =
  | Exclude<CancelResult, { __typename: 'ShareRequest' | 'ShareRequestNotFound' }>
  | { __typename: 'NoAnswer' }

/** One verification as the customer's page sees it. A switch over `phase`, then over `status.__typename`, is complete. */
export type ShareRequestState =
  /** Nothing was begun, or it was given up before it began. */
  | { phase: 'idle' }
  /** The gateway is asked to create a share request. */
  | { phase: 'creating' }
  /** It does not create one. Starting again repeats the same creation where that can help. */
  | { phase: 'refused'; error: CreateError }
  /** It gave no answer, or none that makes sense. Starting again repeats the same creation, which makes no second one. */
  | { phase: 'unreachable'; cause: UnreachableCause }
  /** A share request of before a reload is known; its state is awaited. */
  | { phase: 'resuming'; reconnecting: boolean }
  | Following
  /** The gateway does not know the share request, or no longer. */
  | { phase: 'gone' }

export interface Following {
  phase: 'following'
  handle: ShareRequestHandle
  shareRequest: ShareRequest
  status: ShareRequestStatus
  /** The connection is lost and being brought back; what is shown may be old. */
  reconnecting: boolean
  /** Portmone told the page of an approval; the gateway's word is awaited. */
  confirming: boolean
  cancelling: boolean
  /** Why the last cancel did not succeed. */
  cancelError: CancelError | null
  /**
   * It ended while the page was away, between two loads. Show it, and act on it only when the customer presses a
   * button: it may be the next customer who looks at it.
   */
  endedBefore: boolean
}

export const isTerminal = (status: ShareRequestStatus) => status.__typename !== 'PendingStatus'

/**
 * `state` after `shareRequest` was heard of. What is older than what is known changes nothing; the same version can
 * come again in another language.
 */
export function applyUpdate(
  state: ShareRequestState,
  shareRequest: ShareRequest,
  handle: ShareRequestHandle,
): ShareRequestState {
  const { status } = shareRequest
  if (state.phase !== 'following' || state.shareRequest.id !== shareRequest.id)
    return {
      phase: 'following',
      handle,
      shareRequest,
      status,
      reconnecting: 'reconnecting' in state && state.reconnecting,
      confirming: false,
      cancelling: false,
      cancelError: null,
      endedBefore: state.phase === 'resuming' && isTerminal(status),
    }
  if (status.version < state.status.version) return state
  const news = { ...state, shareRequest, status }
  return isTerminal(status) ? { ...news, confirming: false, cancelling: false, cancelError: null } : news
}
