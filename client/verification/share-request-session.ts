import type { CombinedError } from '@urql/core'
import { readFragment } from '../generated/fragment-masking.ts'
import type { Gateway } from './gateway.ts'
import { listenToPage } from './listen-to-page.ts'
import { CancelShareRequest, CreateShareRequest, ShareRequestFields } from './operations.ts'
import { randomUuid } from './random-uuid.ts'
import { refreshShareRequest } from './refresh-share-request.ts'
import { type ShareRequestHandle, savedShareRequest } from './saved-share-request.ts'
import {
  applyUpdate,
  isOverdue,
  isTerminal,
  type ShareRequest,
  type ShareRequestState,
} from './share-request-state.ts'
import { subscribeToShareRequest } from './subscribe-to-share-request.ts'
import { causeOf } from './unreachable-cause.ts'

/** One verification of one policy on one page, from the press of the button to the result, across reloads. */
export interface ShareRequestSession {
  getState(): ShareRequestState
  /** @returns a function that stops listening. */
  onChange(listener: () => void): () => void
  /** Resumes what was started before a reload, and subscribes while attached. @returns a function that detaches. */
  attach(): () => void
  /**
   * What pressing the button does: creates a share request, unless the previous one is still pending. If the answer to a
   * creation was lost, it is repeated with the same key.
   */
  start(): Promise<void>
  /** Cancels, in every phase. */
  cancel(): Promise<void>
  /** Sets the language of the policy's texts, a BCP 47 tag; undefined means the gateway's default. */
  setLanguage(language: string | undefined): void
  /** For the SDK's `onSuccess`: makes the gateway ask Portmone at once. */
  check(): Promise<void>
}

/** For requests over HTTP while the subscription does not deliver, as in networks without WebSocket, and after the deadline. */
const pollIntervalMs = 5_000

/** With `autoStart`, starts when it is attached for the first time. */
export function createShareRequestSession(
  gateway: Gateway,
  policy: string,
  { autoStart = false, reference }: { autoStart?: boolean; reference?: string | undefined } = {},
): ShareRequestSession {
  const { client, connection, clock } = gateway
  const saved = savedShareRequest(policy, reference)
  const listeners = new Set<() => void>()
  const found = saved.read()
  let state: ShareRequestState =
    found !== null && 'id' in found
      ? { phase: 'resuming', reconnecting: false }
      : { phase: found !== null || autoStart ? 'creating' : 'idle' }
  let initialized = false
  let attached = false
  let handle: ShareRequestHandle | null = null
  let language: string | undefined
  let unsubscribe = () => {}
  /** The subscription has delivered since it was last interrupted. */
  let live = false
  let interrupted = false
  /** The last request over HTTP was answered. */
  let answered = false
  let polling = false
  /** The page was away, and Portmone has not called the share request pending since: an end may be an old one. */
  let wasAway = false
  /** Counts creations. The answer to a superseded one is ignored. */
  let creation = 0
  /** The customer pressed the button: if the saved share request has ended, another one is created. */
  let pressed = autoStart

  function set(next: ShareRequestState) {
    if (next === state) return
    state = next
    for (const listener of listeners) listener()
  }

  function subscribe() {
    unsubscribe()
    if (!attached || handle === null) return
    const subscribed = handle
    unsubscribe = subscribeToShareRequest(client, subscribed, language, {
      onShareRequest(shareRequest) {
        live = true
        // It may be older than an approval while the page was away. The gateway asks Portmone before it answers `refresh`.
        if (state.phase !== 'resuming' || isTerminal(shareRequest.status)) received(shareRequest, subscribed)
      },
      onGone: gone,
      onInterrupted(now) {
        interrupted = now
        syncConnection()
      },
    })
  }

  const isResumedByPress = () => state.phase === 'resuming' && pressed && attached

  /** Forgets a share request as soon as its end is shown, so that nothing can act on it later. */
  function received(shareRequest: ShareRequest, from: ShareRequestHandle) {
    const next = applyUpdate(state, shareRequest, from, wasAway)
    if (next.phase === 'following' && isTerminal(next.status)) {
      if (isResumedByPress()) return void create()
      saved.forget()
      unsubscribe()
    }
    set(next)
  }

  function gone() {
    if (isResumedByPress()) return void create()
    reset()
    set({ phase: 'gone' })
  }

  function reset() {
    unsubscribe()
    unsubscribe = () => {}
    live = false
    interrupted = false
    wasAway = false
    handle = null
    saved.forget()
  }

  function syncConnection() {
    const lost = connection.isLost() || interrupted
    if (lost) live = false
    else answered = false
    const reconnecting = lost && !answered
    if ('reconnecting' in state && state.reconnecting !== reconnecting) set({ ...state, reconnecting })
  }

  async function start() {
    if (state.phase === 'following' && !isTerminal(state.status)) return
    if (state.phase === 'creating' && creation > 0) return
    pressed = true
    const begun = saved.read()
    if (begun !== null && 'id' in begun) await resume(begun)
    else await create(begun?.idempotencyKey)
  }

  /** Only the gateway knows whether the saved share request is still pending. */
  async function resume(found: ShareRequestHandle) {
    handle = found
    wasAway = true
    set({ phase: 'resuming', reconnecting: connection.isLost() })
    subscribe()
    const error = await refresh()
    if (error === undefined || handle !== found || !isResumedByPress()) return
    unsubscribe()
    handle = null
    set({ phase: 'unreachable', cause: causeOf(error) })
  }

  async function create(lostKey?: string) {
    reset()
    const idempotencyKey = lostKey ?? randomUuid()
    saved.write({ idempotencyKey })
    const mine = ++creation
    set({ phase: 'creating' })
    const { data, error } = await client.mutation(CreateShareRequest, {
      input: { policy, idempotencyKey, ...(reference !== undefined && { reference }) },
      language,
    })
    const result = data?.createShareRequest
    const wanted = mine === creation
    if (result?.__typename === 'CreateShareRequestSuccess') {
      const shareRequest = readFragment(ShareRequestFields, result.shareRequest)
      const { clientSecret } = result
      if (!wanted) return await cancelUnseen({ id: shareRequest.id, clientSecret })
      if (lostKey !== undefined && isTerminal(shareRequest.status)) return await create()
      handle = { id: shareRequest.id, clientSecret }
      saved.write(handle)
      clock.observe(Date.parse(shareRequest.createdAt))
      set(applyUpdate(state, shareRequest, handle))
      subscribe()
    } else if (wanted && result) {
      if (result.__typename !== 'RateLimited' && result.__typename !== 'UpstreamUnavailable') saved.forget()
      set({ phase: 'refused', error: result })
    } else if (wanted) {
      set({ phase: 'unreachable', cause: causeOf(error) })
    }
  }

  async function cancel() {
    if (state.phase === 'following' && !isTerminal(state.status)) return await cancelFollowed()
    const unseen = state.phase === 'resuming' || state.phase === 'unreachable' ? saved.read() : null
    creation++
    reset()
    set({ phase: 'idle' })
    if (unseen !== null && 'id' in unseen) await cancelUnseen(unseen)
  }

  /** If this fails, the share request expires. Nobody has seen its code, at least not on this page. */
  async function cancelUnseen(input: ShareRequestHandle) {
    await client.mutation(CancelShareRequest, { input, language })
  }

  async function cancelFollowed() {
    if (handle === null || state.phase !== 'following' || state.cancelling) return
    const cancelled = handle
    set({ ...state, cancelling: true, cancelError: null })
    const { data } = await client.mutation(CancelShareRequest, { input: cancelled, language })
    if (handle !== cancelled || state.phase !== 'following') return
    const result = data?.cancelShareRequest ?? { __typename: 'NoAnswer' as const }
    if (result.__typename === 'ShareRequestNotFound') return gone()
    set({ ...state, cancelling: false })
    if (result.__typename === 'ShareRequest')
      return received(readFragment(ShareRequestFields, result), cancelled)
    if (!isTerminal(state.status)) set({ ...state, cancelError: result })
  }

  function setLanguage(wanted: string | undefined) {
    if (wanted === language) return
    language = wanted
    if (isPending()) subscribe()
    else refresh()
  }

  async function check() {
    if (state.phase === 'following' && !isTerminal(state.status)) set({ ...state, confirming: true })
    if (isPending()) await refresh()
  }

  const isPending = () => handle !== null && !(state.phase === 'following' && isTerminal(state.status))

  /** @returns why the gateway did not answer. */
  async function refresh(): Promise<CombinedError | undefined> {
    if (handle === null) return
    const [asked, askedLanguage] = [handle, language]
    const result = await refreshShareRequest(client, asked, language)
    if (handle !== asked || language !== askedLanguage) return
    answered = 'shareRequest' in result
    syncConnection()
    if ('gone' in result) return void gone()
    if (!('shareRequest' in result)) return result.error
    if (!result.isChecked && isResumedByPress()) return void (await create())
    received(result.shareRequest, asked)
    if (result.isChecked) wasAway = false
  }

  async function poll() {
    const isUpToDate = live && !wasAway && !isOverdue(state, clock.now())
    if (polling || document.hidden || !isPending() || isUpToDate) return
    polling = true
    await refresh()
    polling = false
  }

  function initialize() {
    initialized = true
    if (found !== null && 'id' in found) resume(found)
    else if (state.phase === 'creating') start()
  }

  /** The browser has restored the page from its cache. A result that was shown there is over. */
  function restored() {
    wasAway = isPending()
    if (wasAway) return void refresh()
    if (state.phase !== 'following') return
    reset()
    set({ phase: 'idle' })
  }

  function attach() {
    attached = true
    if (initialized && isPending()) subscribe()
    else initialize()

    const stopListeningToPage = listenToPage({
      onVisible: () => isPending() && refresh(),
      onRestored: restored,
      onOnline: () => state.phase === 'unreachable' && state.cause === 'network' && start(),
    })
    const stopListening = connection.onChange(syncConnection)
    const pollTimer = setInterval(poll, pollIntervalMs)
    return () => {
      attached = false
      clearInterval(pollTimer)
      stopListeningToPage()
      stopListening()
      unsubscribe()
    }
  }

  return {
    getState: () => state,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    attach,
    start,
    cancel,
    setLanguage,
    check,
  }
}
