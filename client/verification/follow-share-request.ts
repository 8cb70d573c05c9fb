import type { Client, CombinedError } from 'urql'
import { onEnd, pipe, subscribe } from 'wonka'
import { readFragment } from '../generated/fragment-masking.ts'
import { FollowShareRequest, ShareRequestFields } from './operations.ts'
import { growing, pause } from './pause.ts'
import type { ShareRequestHandle } from './saved-share-request.ts'
import type { ShareRequest } from './share-request-state.ts'

export interface Follower {
  onShareRequest(shareRequest: ShareRequest): void
  /** The gateway does not know it. Nothing follows. */
  onGone(): void
  /** The subscription ended with `true`, and will be tried again; it is back with `false`. */
  onInterrupted(interrupted: boolean): void
}

/**
 * Subscribes to a share request. The first event is the present state, so a subscription that ended before its time
 * heals by being made again. `language` is the one of the policy's texts. @returns a function that stops following.
 */
export function followShareRequest(
  client: Client,
  handle: ShareRequestHandle,
  language: string | undefined,
  follower: Follower,
): () => void {
  let failures = 0
  let pending = true
  let stop = () => {}

  function follow() {
    const { unsubscribe } = pipe(
      client.subscription(FollowShareRequest, { ...handle, language }),
      onEnd(() => ended()),
      subscribe(({ data, error }) => {
        if (isUnknown(error)) {
          pending = false
          follower.onGone()
        } else if (error) {
          unsubscribe()
        } else if (data) {
          failures = 0
          const shareRequest = readFragment(ShareRequestFields, data.shareRequestStatus.shareRequest)
          pending = shareRequest.status.__typename === 'PendingStatus'
          follower.onInterrupted(false)
          follower.onShareRequest(shareRequest)
        }
      }),
    )
    let ended = () => {
      ended = () => {}
      if (!pending) return
      follower.onInterrupted(true)
      stop = pause(growing(failures++), follow)
    }
    stop = () => {
      ended = () => {}
      unsubscribe()
    }
  }

  follow()
  return () => stop()
}

const isUnknown = (error: CombinedError | undefined) =>
  error?.graphQLErrors.some(({ extensions }) => extensions.code === 'SHARE_REQUEST_NOT_FOUND') ?? false
