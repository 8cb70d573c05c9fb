import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { useGateway } from './gateway-provider.tsx'
import { createShareRequestSession, type ShareRequestSession } from './share-request-session.ts'
import type { ShareRequestState } from './share-request-state.ts'

/** Options of `useShareRequest`. */
export interface UseShareRequestOptions {
  /**
   * Start when mounted, as if the button were pressed: creates a share request, unless the previous one is still
   * pending. Changing it later has no effect.
   */
  autoStart?: boolean
  /** Language of the policy's texts, a BCP 47 tag such as `uk`; the gateway's default if it is not given. */
  locale?: string
  /** Your own reference for the share request, such as `order-1`: at most 200 characters. */
  reference?: string | undefined
}

/** What a server renders. It does not know what the browser has saved. */
const idle: ShareRequestState = { phase: 'idle' }
const creating: ShareRequestState = { phase: 'creating' }

/** The state of one verification, and what can be done: `start`, `cancel`, and `check` for the SDK's `onSuccess`. */
export type UseShareRequest = ShareRequestState & Pick<ShareRequestSession, 'start' | 'cancel' | 'check'>

/**
 * One verification of `policy`: its state and its actions. Switch over `phase` and, while following, over
 * `status.__typename`. What was started before a reload is resumed.
 */
export function useShareRequest(
  policy: string,
  { autoStart = false, locale, reference }: UseShareRequestOptions = {},
): UseShareRequest {
  const gateway = useGateway()
  // biome-ignore lint/correctness/useExhaustiveDependencies: autoStart counts when mounted; a change ends no session
  const session = useMemo(
    () => createShareRequestSession(gateway, policy, { autoStart, reference }),
    [gateway, policy, reference],
  )
  const state = useSyncExternalStore(session.onChange, session.getState, () => (autoStart ? creating : idle))
  useEffect(() => session.setLanguage(locale), [session, locale])
  useEffect(() => session.attach(), [session])
  return useMemo(
    () => ({ ...state, start: session.start, cancel: session.cancel, check: session.check }),
    [state, session],
  )
}
