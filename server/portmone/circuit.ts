import {
  CircuitState as Cockatiel,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  isBrokenCircuitError,
} from 'cockatiel'
import { UpstreamFailure } from './failure.ts'
import type { CircuitState, Log, UpstreamCall, UpstreamMonitor } from './monitor.ts'

export interface CircuitOptions {
  /** The circuit opens after this many consecutive failures. */
  maxFailures: number
  /** How long the circuit stays open before one exchange may try again. */
  openMs: number
}

export interface Circuit {
  readonly state: CircuitState
  /** Runs `exchange`. While the circuit is open it fails at once as UNAVAILABLE. */
  execute<T>(call: UpstreamCall, exchange: () => Promise<T>): Promise<T>
}

const states: Record<Cockatiel, CircuitState> = {
  [Cockatiel.Closed]: 'closed',
  [Cockatiel.Open]: 'open',
  [Cockatiel.HalfOpen]: 'half-open',
  [Cockatiel.Isolated]: 'open',
}

/**
 * One circuit breaker for all calls. Only `unavailable` counts as a failure: a definite rejection shows that Portmone
 * works, and a 429 says itself when to retry.
 */
export function createCircuit(options: CircuitOptions, log: Log, monitor: UpstreamMonitor): Circuit {
  const breaker = circuitBreaker(handleWhen(isUnavailable), {
    breaker: new ConsecutiveBreaker(options.maxFailures),
    halfOpenAfter: options.openMs,
  })
  let lastFailure = 'no answer'
  breaker.onStateChange((state) => monitor.circuit(states[state]))
  breaker.onBreak(() => log.warn({ reason: lastFailure }, 'Portmone is failing: circuit opened'))
  breaker.onReset(() => log.info({}, 'Portmone works again: circuit closed'))

  /** cockatiel ignores errors that it does not handle. A definite rejection is returned, so that it counts as a success. */
  async function settle<T>(exchange: () => Promise<T>): Promise<{ value: T } | { error: unknown }> {
    try {
      return { value: await exchange() }
    } catch (error) {
      if (!isUnavailable(error)) return { error }
      lastFailure = error.what
      throw error
    }
  }

  function rejectCall(call: UpstreamCall): never {
    monitor.shortCircuited(call)
    throw new UpstreamFailure(call, `not sent: circuit open (last failure: ${lastFailure})`)
  }

  return {
    get state() {
      return states[breaker.state]
    },
    async execute(call, exchange) {
      // While half-open, the breaker would make others wait for its one trial. They fail fast instead.
      if (breaker.state === Cockatiel.HalfOpen) rejectCall(call)
      const settled = await breaker
        .execute(() => settle(exchange))
        .catch((error: unknown) => {
          if (isBrokenCircuitError(error)) rejectCall(call)
          throw error
        })
      if ('error' in settled) throw settled.error
      return settled.value
    },
  }
}

const isUnavailable = (error: unknown): error is UpstreamFailure =>
  error instanceof UpstreamFailure && error.result === 'unavailable'
