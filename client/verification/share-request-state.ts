import type {
  CancelShareRequestMutation,
  CreateShareRequestMutation,
  ShareRequestFieldsFragment,
} from '../generated/graphql.ts'
import type { ShareRequestHandle } from './saved-share-request.ts'
import type { UnreachableCause } from './unreachable-cause.ts'

/** A share request as the gateway describes it: id, policy and status. */
export type ShareRequest = ShareRequestFieldsFragment
/** The status of a share request. Switch over `__typename`; `version` counts up. */
export type ShareRequestStatus = ShareRequest['status']
/** One status, such as `StatusOf<'PendingStatus'>`, which has the code. */
export type StatusOf<Name extends ShareRequestStatus['__typename']> = Extract<
  ShareRequestStatus,
  { __typename: Name }
>

type CreateResult = CreateShareRequestMutation['createShareRequest']
/** Why the gateway did not create a share request. */
export type CreateError = Exclude<CreateResult, { __typename: 'CreateShareRequestSuccess' }>

type CancelResult = CancelShareRequestMutation['cancelShareRequest']
/** Why a share request was not cancelled; `NoAnswer` if the gateway could not be reached. */
export type CancelError =
  | Exclude<CancelResult, { __typename: 'ShareRequest' | 'ShareRequestNotFound' }>
  | { __typename: 'NoAnswer' }

/** The state of a verification. Switch over `phase`, then over `status.__typename`. */
export type ShareRequestState =
  /** Nothing has been started, or it was cancelled before it was created. */
  | { phase: 'idle' }
  /** The gateway is creating a share request. */
  | { phase: 'creating' }
  /** The gateway refused to create one. Starting again repeats the creation if that can help. */
  | { phase: 'refused'; error: CreateError }
  /** The gateway gave no usable answer. Starting again repeats the creation with the same key, so that there is never a second one. */
  | { phase: 'unreachable'; cause: UnreachableCause }
  /** A share request from before a reload is being looked up. */
  | { phase: 'resuming'; reconnecting: boolean }
  | Following
  /** The gateway does not have the share request, or no longer. */
  | { phase: 'gone' }

/** The state of a verification whose share request exists, from the code until the result. */
export interface Following {
  phase: 'following'
  /** Send its `id` to your server. Its `clientSecret` must not leave this browser. */
  handle: ShareRequestHandle
  shareRequest: ShareRequest
  /** The status of `shareRequest`. */
  status: ShareRequestStatus
  /** The connection is lost and being restored. What is shown may be outdated. */
  reconnecting: boolean
  /** Portmone has reported an approval to the page; the gateway has not confirmed it yet. */
  confirming: boolean
  /** The gateway has not answered the last cancel yet. */
  cancelling: boolean
  /** Why the last cancel did not succeed. */
  cancelError: CancelError | null
  /**
   * It ended while the page was away, or may have: Portmone has not called it pending since. Show it, but act on it only
   * when the customer presses a button: the next customer may be looking at it.
   */
  endedBefore: boolean
}

export const isTerminal = (status: ShareRequestStatus) => status.__typename !== 'PendingStatus'

/** It is still shown as pending after its deadline. `now` is in milliseconds since the epoch. */
export const isOverdue = (state: ShareRequestState, now: number) =>
  state.phase === 'following' &&
  state.status.__typename === 'PendingStatus' &&
  now >= Date.parse(state.status.expiresAt)

/**
 * The state after an answer or an event. An older version changes nothing. The same version may arrive again in another
 * language. `wasAway`: the page was away, and Portmone has not called the share request pending since.
 */
export function applyUpdate(
  state: ShareRequestState,
  shareRequest: ShareRequest,
  handle: ShareRequestHandle,
  wasAway = false,
): ShareRequestState {
  const { status } = shareRequest
  const endedBefore = wasAway && isTerminal(status)
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
      endedBefore,
    }
  if (status.version < state.status.version) return state
  const news = { ...state, shareRequest, status, endedBefore: state.endedBefore || endedBefore }
  return isTerminal(status) ? { ...news, confirming: false, cancelling: false, cancelError: null } : news
}
