import type { CombinedError } from 'urql'
import { onEnd, pipe, subscribe } from 'wonka'
import { readFragment } from '../generated/partner/fragment-masking.ts'
import { backoffMs, delay } from '../ui/backoff.ts'
import { ChangesCursor, FollowChanges, type Listed, ListedShareRequest } from './operations.ts'
import { asEventStream, type PartnerClient } from './partner-client.ts'

interface Handlers {
  onChange(changed: Listed): void
  /** Whether changes arrive. They do not once every transport has failed. */
  onLive(isLive: boolean): void
  /** Changes may have been missed, because the gateway refused the cursor. */
  onGap(): void
}

/** After this many failures in a row, every transport has been tried. */
const transportCount = 2
/** A connection that lasted this long was none of a series of failures. */
const stableAfterMs = 10_000

/**
 * Follows all changes in one subscription: over a WebSocket, or as an event stream over HTTP where a WebSocket cannot be
 * opened. After a lost connection it goes on with the last cursor, so that no change is missed.
 */
export class ChangeFeed {
  readonly #partner: PartnerClient
  readonly #handlers: Handlers
  /** Null if a new one is needed. */
  #cursor: string | null = null
  #failures = 0
  #isOverHttp = false
  #cancel = () => {}

  constructor(partner: PartnerClient, handlers: Handlers) {
    this.#partner = partner
    this.#handlers = handlers
  }

  /** @param cursor `changesCursor` of a list. */
  start(cursor: string): void {
    this.#cursor = cursor
    this.#failures = 0
    this.#connect()
  }

  stop(): void {
    this.#cancel()
  }

  #connect(): void {
    if (this.#cursor === null) this.#renewCursor()
    else this.#subscribe(this.#cursor)
  }

  #subscribe(after: string): void {
    const { client, onConnected } = this.#partner
    let isOver = false
    let connectedAt: number | null = null

    const stopListening = onConnected(() => {
      connectedAt = Date.now()
      this.#handlers.onLive(true)
    })
    const { unsubscribe } = pipe(
      client.subscription(FollowChanges, { after }, this.#isOverHttp ? asEventStream : {}),
      onEnd(() => fail()),
      subscribe(({ data, error }) => {
        if (isOver) return
        if (error) return fail(error)
        if (!data) return
        this.#cursor = data.shareRequestChanges.cursor
        this.#handlers.onChange(readFragment(ListedShareRequest, data.shareRequestChanges.shareRequest))
      }),
    )
    const end = () => {
      isOver = true
      stopListening()
      unsubscribe()
    }
    const fail = (error?: CombinedError) => {
      if (isOver) return
      end()
      if (connectedAt === null) this.#isOverHttp = !this.#isOverHttp
      else if (Date.now() - connectedAt > stableAfterMs) this.#failures = 0
      if (error?.graphQLErrors.some(({ extensions }) => isCursorRefused(extensions.code))) this.#cursor = null
      this.#retryLater()
    }
    this.#cancel = end
  }

  #renewCursor(): void {
    let isOver = false
    this.#cancel = () => {
      isOver = true
    }
    this.#partner.client
      .query(ChangesCursor, {})
      .toPromise()
      .then(({ data }) => {
        if (isOver) return
        if (!data?.shareRequests) return this.#retryLater()
        this.start(data.shareRequests.changesCursor)
        this.#handlers.onGap()
      })
  }

  #retryLater(): void {
    const attempt = this.#failures++
    if (this.#failures >= transportCount) this.#handlers.onLive(false)
    this.#cancel = delay(backoffMs(attempt), () => this.#connect())
  }
}

/** Expired; or, during an upgrade, of a gateway of another version. */
const isCursorRefused = (code: unknown) => code === 'CURSOR_EXPIRED' || code === 'BAD_USER_INPUT'
