import { AsyncLocalStorage } from 'node:async_hooks'
import { type DestinationStream, type Logger as PinoLogger, pino, stdSerializers } from 'pino'

/** Without `child`: child bindings would bypass the allow-list. */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>

interface CurrentRequest {
  requestId: string
  /** ID of the partner key, once known. */
  keyId?: string
}

/** The request or socket that the code is running for: its ID is in every log line that it causes. */
export const currentRequest = new AsyncLocalStorage<CurrentRequest>()

/**
 * The allow-list of fields that a log line may have, each a plain value except the error. Any other field is left out,
 * so that a new one leaks nothing.
 */
const allowedNames = new Set([
  'address',
  'call',
  'count',
  'err',
  'errorId',
  'facts',
  'keyId',
  'milliseconds',
  'policy',
  'port',
  'reason',
  'requestId',
  'shareRequestId',
  'signal',
  'state',
  'status',
  'url',
  'value',
  'version',
  'what',
])

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const

/** A structured log: one JSON object per line. */
export function createLog(level: (typeof logLevels)[number], destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: allowedFields,
      },
      mixin: () => currentRequest.getStore() ?? {},
      serializers: { err: (error) => errorOf(error) },
    },
    destination ?? pino.destination({ dest: 1, sync: false }),
  )
}

const allowedFields = (fields: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([name, value]) => allowedNames.has(name) && (name === 'err' || typeof value !== 'object'),
    ),
  )

/** Of an error: its name, message, code and stack, and those of its causes. Never its other properties. */
function errorOf(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const { type, message, stack } = stdSerializers.errWithCause(error)
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  const cause = error.cause === undefined ? {} : { cause: errorOf(error.cause) }
  return { type, message, stack, ...code, ...cause }
}
