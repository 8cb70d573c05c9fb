import type { BaseLogger } from 'pino'

/** The calls of Portmone's API, by the names that metrics, spans and messages use. */
export type UpstreamCall = 'token' | 'create' | 'status' | 'facts'

/**
 * How one HTTP exchange ended. `invalid_answer` is well-formed JSON that breaks the wire contract; `unavailable` is
 * everything else that is not an answer of Portmone's; `abandoned` was given up because the gateway is stopping.
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

/** What an operator can watch of the traffic with Portmone. No argument carries a secret, a code or a fact. */
export interface UpstreamMonitor {
  /** One HTTP exchange has ended; a call that was retried has several. */
  call(call: UpstreamCall, result: UpstreamResult, seconds: number): void
  /** A call was not sent because the circuit was open. */
  shortCircuited(call: UpstreamCall): void
  /** Portmone reported a status that is not known. The words are cleaned and few: past a limit it is `other`. */
  unknownStatus(word: string): void
  /** Facts of one answer that cannot be used, by their names on the wire. */
  unusableFacts(names: readonly string[]): void
  circuit(state: CircuitState): void
}

export type Log = Pick<BaseLogger, 'info' | 'warn' | 'error'>
