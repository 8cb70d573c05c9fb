import { inspect } from 'node:util'
import { pino } from 'pino'
import { createPortmone, type Portmone, type PortmoneOptions } from '../../server/portmone/index.ts'
import type { UpstreamCall, UpstreamMonitor, UpstreamResult } from '../../server/portmone/monitor.ts'
import {
  type FactRequest,
  IdentityServiceError,
  type IssuedRequest,
} from '../../server/share-requests/identity-service.ts'

export const credentials = { clientId: 'partner-4711', clientSecret: 'secret-of-partner-4711' }

export const ask: FactRequest = {
  facts: ['FULL_NAME', 'AGE_OVER_18'],
  purpose: 'To open an account',
  lifetime: 600,
}

/** The fake Portmone's answer to a creation. */
export const issued: IssuedRequest = { code: 'code-1', issuerRequestId: 'share-1' }

/** A client with short delays, and everything that it wrote to its log and monitor. */
export interface Watched extends AsyncDisposable {
  portmone: Portmone
  /** Log lines, as JSON. */
  logged: string[]
  exchanges: { call: UpstreamCall; result: UpstreamResult; seconds: number }[]
  shortCircuited: UpstreamCall[]
  unknownStatuses: string[]
  unusableFacts: string[]
  circuit: string[]
}

export function watchedPortmone(url: string, options: Partial<PortmoneOptions> = {}): Watched {
  const logged: string[] = []
  const exchanges: Watched['exchanges'] = []
  const shortCircuited: UpstreamCall[] = []
  const unknownStatuses: string[] = []
  const unusableFacts: string[] = []
  const circuit: string[] = []
  const monitor: UpstreamMonitor = {
    call: (call, result, seconds) => void exchanges.push({ call, result, seconds }),
    shortCircuited: (call) => void shortCircuited.push(call),
    unknownStatus: (word) => void unknownStatuses.push(word),
    unusableFacts: (names) => void unusableFacts.push(...names),
    circuit: (state) => void circuit.push(state),
  }
  const portmone = createPortmone({
    ...{ url, ...credentials, monitor },
    log: pino({ level: 'trace', base: null, timestamp: false }, { write: (line) => void logged.push(line) }),
    retries: { initialDelayMs: 1, maxDelayMs: 2 },
    ...options,
  })
  return {
    ...{ portmone, logged, exchanges, shortCircuited, unknownStatuses, unusableFacts, circuit },
    [Symbol.asyncDispose]: () => portmone.close(),
  }
}

/** The IdentityServiceError that a call must fail with. */
export async function failureOf(call: Promise<unknown>): Promise<IdentityServiceError> {
  const outcome = await call.then(
    (value) => `no failure, but ${JSON.stringify(value)}`,
    (error: unknown) => error,
  )
  if (outcome instanceof IdentityServiceError) return outcome
  throw new Error(`an IdentityServiceError was expected, there was ${inspect(outcome)}`)
}

/** Every text that logging or sending can make of a value. */
export function textOf(value: unknown): string {
  const texts = [String(value), inspect(value, { depth: Infinity, showHidden: true }), JSON.stringify(value)]
  if (value instanceof Error) texts.push(value.message, value.stack ?? '', textOf(value.cause))
  return texts.join('\n')
}
