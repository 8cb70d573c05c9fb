import type { Client, CombinedError } from '@urql/core'
import { readFragment } from '../generated/fragment-masking.ts'
import { backoffMs, delay } from '../ui/backoff.ts'
import { ShareRequestFields, SubscribeToShareRequest } from './operations.ts'
import type { ShareRequestHandle } from './saved-share-request.ts'
import type { ShareRequest } from './share-request-state.ts'

export interface ShareRequestObserver {
  onShareRequest(shareRequest: ShareRequest): void
  /** The gateway does not have the share request. Nothing else is called afterwards. */
  onGone(): void
  /** `true`: the subscription has ended and will be retried. `false`: it delivers again. */
  onInterrupted(interrupted: boolean): void
}

/**
 * Subscribes to a share request. The first event is the current state, so a subscription that ends too early is simply
 * repeated. `language` is that of the policy's texts. @returns a function that unsubscribes.
 */
export function subscribeToShareRequest(
  client: Client,
  handle: ShareRequestHandle,
  language: string | undefined,
  observer: ShareRequestObserver,
): () => void {
  let failures = 0
  let pending = true
  let stop = () => {}

  function subscribeOnce() {
    const { unsubscribe } = client
      .subscription(SubscribeToShareRequest, { ...handle, language })
      .subscribe(({ data, error, hasNext }) => {
        if (isUnknown(error)) {
          pending = false
          observer.onGone()
        } else if (data && !error) {
          failures = 0
          const shareRequest = readFragment(ShareRequestFields, data.shareRequestStatus.shareRequest)
          pending = shareRequest.status.__typename === 'PendingStatus'
          observer.onInterrupted(false)
          observer.onShareRequest(shareRequest)
        }
        if (error || !hasNext) end()
      })
    let end = () => {
      end = () => {}
      unsubscribe()
      if (!pending) return
      observer.onInterrupted(true)
      stop = delay(backoffMs(failures++), subscribeOnce)
    }
    stop = () => {
      end = () => {}
      unsubscribe()
    }
  }

  subscribeOnce()
  return () => stop()
}

const isUnknown = (error: CombinedError | undefined) =>
  error?.graphQLErrors.some(({ extensions }) => extensions.code === 'SHARE_REQUEST_NOT_FOUND') ?? false
