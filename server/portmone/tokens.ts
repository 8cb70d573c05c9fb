import type { Token } from '../../portmone/wire.ts'
import { UpstreamFailure } from './failure.ts'
import type { Log } from './monitor.ts'

/** The Partner's token, fetched when needed and kept only in memory. */
export interface Tokens {
  /** A token that has not expired. */
  get(): Promise<string>
  /** A token other than `rejected`, which Portmone answered with a 401. */
  getOther(rejected: string): Promise<string>
}

export interface TokensOptions {
  fetch: () => Promise<Token>
  log: Log
  /** Milliseconds since any start. It never goes back. */
  clock: () => number
}

interface Held {
  value: string
  /** From here on the next token is fetched while this one is still used. */
  staleAt: number
  unusableAt: number
}

/**
 * However many callers wait, one fetch is in progress. A token is renewed in the background in its last quarter, so
 * that a short outage of the token endpoint goes unnoticed. In its last tenth it is no longer used, because it could
 * expire on the way.
 */
export function createTokens({ fetch, log, clock }: TokensOptions): Tokens {
  let held: Held | undefined
  let renewal: Promise<string> | undefined
  let rejected = false

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
        unusableAt: now + lifetime - Math.min(lifetime / 10, maxMarginMs),
      }
      rejected = false
      return accessToken
    } catch (error) {
      if (isRejection(error) && !rejected) log.error({ reason: error.message }, credentialsRefused)
      rejected = isRejection(error)
      throw error
    }
  }

  function get(): Promise<string> {
    const now = clock()
    if (held === undefined || now >= held.unusableAt) return renew()
    if (now >= held.staleAt) renew().catch(() => {}) // the monitor has counted it, and the next caller retries
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

const maxRenewalWindowMs = 60_000
const maxMarginMs = 10_000

const credentialsRefused =
  "Portmone rejects the Partner's credentials: check PORTMONE_CLIENT_ID and PORTMONE_CLIENT_SECRET"

const isRejection = (error: unknown): error is UpstreamFailure =>
  error instanceof UpstreamFailure && error.reason === 'CREDENTIALS_REFUSED'
