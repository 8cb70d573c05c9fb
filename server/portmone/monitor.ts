import type { BaseLogger } from 'pino'

/** The calls of Portmone's API, as metrics, spans and messages name them. */
export type UpstreamCall = 'token' | 'create' | 'status' | 'facts'

/**
 * How one HTTP exchange ended. `invalid_answer` is well-formed JSON that breaks the wire contract; `unavailable` is
 * any other failure to get an answer from Portmone; `abandoned` was aborted because the gateway is stopping.
 */
export type UpstreamResult =
  | 'ok'
  | 'unauthorized'
  | 'unknown_code'
  | 'rejected'
  | 'rate_limited'
  | 'invalid_answer'
  | 'unavailable'
  | 'abandoned'

export type CircuitState = 'closed' | 'open' | 'half-open'

/** Reports on the traffic with Portmone. No argument carries a secret, a code or a fact. */
export interface UpstreamMonitor {
  /** One HTTP exchange has ended. A call that is retried has several. */
  call(call: UpstreamCall, result: UpstreamResult, seconds: number): void
  /** A call was not sent because the circuit was open. */
  shortCircuited(call: UpstreamCall): void
  /** Portmone reported an unknown status. Words are sanitised, and beyond a number of distinct ones it is `other`. */
  unknownStatus(word: string): void
  /** Facts of one answer that cannot be used, by their names on the wire. */
  unusableFacts(names: readonly string[]): void
  circuit(state: CircuitState): void
}

export type Log = Pick<BaseLogger, 'info' | 'warn' | 'error'>
