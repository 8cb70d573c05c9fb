import type { Token } from '../../portmone/wire.ts'
import { UpstreamFailure } from './failure.ts'
import type { Log } from './monitor.ts'

/** The Partner's token, fetched when it is needed and kept in memory alone. */
export interface Tokens {
  /** A token that has not ended. */
  get(): Promise<string>
  /** A token other than `refused`, which Portmone answered with a 401. */
  getOther(refused: string): Promise<string>
}

export interface TokensOptions {
  fetch: () => Promise<Token>
  log: Log
  /** Milliseconds from any beginning; it never goes back. */
  clock: () => number
}

interface Held {
  value: string
  /** From here on the next one is fetched while this one is still used. */
  staleAt: number
  endsAt: number
}

/**
 * However many callers wait, one fetch is under way. A token is renewed in its last quarter without anyone waiting
 * for it, so that a token endpoint that fails for a while is not noticed; in its last tenth it is used no more,
 * because it could end on the way.
 */
export function createTokens({ fetch, log, clock }: TokensOptions): Tokens {
  let held: Held | undefined
  let renewal: Promise<string> | undefined
  let refused = false

  function renew(): Promise<string> {
    renewal ??= fetchToken().finally(() => {
      renewal = undefined
    })
    return renewal
  }

  async function fetchToken(): Promise<string> {
    try {
      const { accessToken, expiresIn } = await fetch()
      const now = clock()
      const lifetime = expiresIn * 1000
      held = {
        value: accessToken,
        staleAt: now + lifetime - Math.min(lifetime / 4, maxRenewalWindowMs),
        endsAt: now + lifetime - Math.min(lifetime / 10, maxMarginMs),
      }
      refused = false
      return accessToken
    } catch (error) {
      if (isRefusal(error) && !refused) log.error({ reason: error.message }, credentialsRefused)
      refused = isRefusal(error)
      throw error
    }
  }

  function get(): Promise<string> {
    const now = clock()
    if (held === undefined || now >= held.endsAt) return renew()
    if (now >= held.staleAt) renew().catch(() => {}) // counted by the monitor; the next caller tries again
    return Promise.resolve(held.value)
  }

  return {
    get,
    getOther(token) {
      if (held?.value === token) held = undefined
      return get()
    },
  }
}

/** Milliseconds. */
const maxRenewalWindowMs = 60_000
const maxMarginMs = 10_000

const credentialsRefused =
  "Portmone refuses the Partner's credentials: check the configured client id and client secret"

const isRefusal = (error: unknown): error is UpstreamFailure =>
  error instanceof UpstreamFailure && error.reason === 'CREDENTIALS_REFUSED'
