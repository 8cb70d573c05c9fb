import type { BaseLogger } from 'pino'

/** The calls of Portmone's API, by the names that metrics, spans and messages use. */
export type UpstreamCall = 'token' | 'create' | 'status' | 'facts'

/**
 * How one HTTP exchange ended. `unavailable` is everything that is no proper answer; `abandoned` was given up because
 * the gateway stops.
 */
export type UpstreamResult =
  | 'ok'
  | 'unauthorized'
  | 'unknown_code'
  | 'rejected'
  | 'rate_limited'
  | 'unavailable'
  | 'abandoned'

export type CircuitState = 'closed' | 'open' | 'half-open'

/** What an operator can watch of the traffic with Portmone. No argument carries a secret, a code or a fact. */
export interface UpstreamMonitor {
  /** One HTTP exchange has ended; a call that was retried has several. */
  call(call: UpstreamCall, result: UpstreamResult, seconds: number): void
  /** A call was not sent because the circuit was open. */
  shortCircuited(call: UpstreamCall): void
  /** Portmone reported a status that is not known. The words are cleaned and few: past a limit it is `other`. */
  unknownStatus(word: string): void
  circuit(state: CircuitState): void
}

export type Log = Pick<BaseLogger, 'info' | 'warn' | 'error'>
