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
  /** So many exchanges without a proper answer in a row open the circuit. */
  failures: number
  /** Milliseconds after which one exchange may try again. */
  openFor: number
}

export interface Circuit {
  readonly state: CircuitState
  /** Runs `exchange`, unless the circuit is open: then it fails at once as UNAVAILABLE. */
  execute<T>(call: UpstreamCall, exchange: () => Promise<T>): Promise<T>
}

const states: Record<Cockatiel, CircuitState> = {
  [Cockatiel.Closed]: 'closed',
  [Cockatiel.Open]: 'open',
  [Cockatiel.HalfOpen]: 'half-open',
  [Cockatiel.Isolated]: 'open',
}

/**
 * A circuit breaker over the whole upstream. Only `unavailable` counts: a definite refusal shows that Portmone works,
 * and so does a 429, which tells by itself when to come back.
 */
export function createCircuit(options: CircuitOptions, log: Log, monitor: UpstreamMonitor): Circuit {
  const breaker = circuitBreaker(handleWhen(isUnavailable), {
    breaker: new ConsecutiveBreaker(options.failures),
    halfOpenAfter: options.openFor,
  })
  let lastFailure = 'no answer'
  breaker.onStateChange((state) => monitor.circuit(states[state]))
  breaker.onBreak(() => log.warn({ reason: lastFailure }, 'Portmone does not answer properly: circuit open'))
  breaker.onReset(() => log.info({}, 'Portmone answers again: circuit closed'))

  /** What the exchange came to; only what counts against the circuit is thrown. */
  async function settle<T>(exchange: () => Promise<T>): Promise<{ value: T } | { error: unknown }> {
    try {
      return { value: await exchange() }
    } catch (error) {
      if (!isUnavailable(error)) return { error }
      lastFailure = error.what
      throw error
    }
  }

  function refuse(call: UpstreamCall): never {
    monitor.shortCircuited(call)
    throw new UpstreamFailure(call, `not sent, since Portmone fails (at last: ${lastFailure})`)
  }

  return {
    get state() {
      return states[breaker.state]
    },
    async execute(call, exchange) {
      // While half-open, the breaker would let others wait for its one trial: they are to fail fast instead.
      if (breaker.state === Cockatiel.HalfOpen) refuse(call)
      const settled = await breaker
        .execute(() => settle(exchange))
        .catch((error: unknown) => {
          if (isBrokenCircuitError(error)) refuse(call)
          throw error
        })
      if ('error' in settled) throw settled.error
      return settled.value
    },
  }
}

const isUnavailable = (error: unknown): error is UpstreamFailure =>
  error instanceof UpstreamFailure && error.result === 'unavailable'
