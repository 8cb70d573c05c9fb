import { DatabaseError } from 'pg'
import { StoreUnavailable, type StoreUnavailableReason } from '../share-requests/store.ts'
import { codeIndex } from './migrations.ts'

const messages = {
  UNREACHABLE: 'PostgreSQL is unreachable. Check that it is running and that DATABASE_URL is correct',
  FULL: 'PostgreSQL has no disk space left. Free some; the gateway then continues by itself',
  NOT_WRITABLE: 'PostgreSQL is not writable. Point DATABASE_URL at the primary, with a user that can write',
  BUSY: 'PostgreSQL took too long. Check pg_stat_activity for long queries and locks',
  DAMAGED: 'PostgreSQL reports damaged data. Check its log',
} satisfies Partial<Record<StoreUnavailableReason, string>>

type Reason = keyof typeof messages

/**
 * Errors that the caller cannot prevent, by SQLSTATE or its first three or two characters
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html). Any other is a bug in this program.
 */
const reasonsBySqlState: Record<string, Reason> = {
  '08': 'UNREACHABLE',
  '28': 'UNREACHABLE',
  '3D': 'UNREACHABLE',
  '53': 'UNREACHABLE',
  '57P': 'UNREACHABLE',
  '58': 'UNREACHABLE',
  '53100': 'FULL',
  '25006': 'NOT_WRITABLE',
  '42501': 'NOT_WRITABLE',
  '25P03': 'BUSY',
  '40': 'BUSY',
  '55P03': 'BUSY',
  '57014': 'BUSY',
  XX001: 'DAMAGED',
  XX002: 'DAMAGED',
}

/** Messages of `pg` without a code, for connections that broke or were not available. */
const reasonsByMessage: [RegExp, Reason][] = [
  [/^(timeout exceeded when trying to connect|Query read timeout)/, 'BUSY'],
  [/^(Connection terminated|timeout expired|Client has encountered|Client was closed)/, 'UNREACHABLE'],
  [/^(Cannot use a pool after|Postgres connection has been discarded)/, 'UNREACHABLE'],
]

/** The StoreUnavailable for an error that the caller cannot prevent; null for any other error. */
export function postgresUnavailable(error: unknown): StoreUnavailable | null {
  if (!(error instanceof Error)) return null
  const reason = error instanceof DatabaseError ? ofSqlState(error.code) : ofConnection(error)
  return reason === null ? null : withAdvice(reason, messages[reason], error)
}

/**
 * Whether a write that failed with `error` may have been committed all the same, because the connection ended before the
 * answer came. An error that the server sent while the connection stayed open means that it was rolled back.
 */
export const mayBeCommitted = ({ reason, cause }: StoreUnavailable) =>
  reason === 'UNREACHABLE' || isReadTimeout(cause)

/** Whether the answer did not come in time. The connection is closed then. */
export const isReadTimeout = (error: unknown) =>
  error instanceof Error && error.message === 'Query read timeout'

/** Whether the write failed because another share request has the code. */
export const isDuplicateCode = (error: unknown) =>
  error instanceof DatabaseError && error.code === '23505' && error.constraint === codeIndex

/** The StoreUnavailable for any error of a first connection, with advice if the settings are the cause. */
export function connectionRefused(error: unknown): StoreUnavailable {
  const advice = adviceFor(error)
  if (advice !== undefined) return withAdvice('UNREACHABLE', advice, error)
  return postgresUnavailable(error) ?? withAdvice('UNREACHABLE', messages.UNREACHABLE, error)
}

/** The reason, from an error's message or code. */
const adviceByError: [RegExp, string][] = [
  [
    /unsupported startup parameter/,
    'The pooler in front of PostgreSQL rejects the timeouts that the gateway sets. Let it pool by session and add statement_timeout and idle_in_transaction_session_timeout to its ignore_startup_parameters, or point DATABASE_URL at PostgreSQL itself',
  ],
  [
    /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)/,
    "PostgreSQL's certificate is not trusted here. Add sslrootcert=<file of the CA certificate> to DATABASE_URL, or set NODE_EXTRA_CA_CERTS to that file",
  ],
  [
    /ERR_TLS_CERT_ALTNAME_INVALID/,
    "PostgreSQL's certificate is for another name. Use the host name of the certificate in DATABASE_URL",
  ],
  [
    /CERT_(HAS_EXPIRED|NOT_YET_VALID)/,
    "PostgreSQL's certificate is not valid today. Renew it, or check the clock",
  ],
  [
    /does not support SSL connections/,
    'PostgreSQL does not offer TLS. Turn it on there, or remove sslmode from DATABASE_URL',
  ],
  [
    /no encryption|SSL off/,
    'PostgreSQL accepts only encrypted connections. Add sslmode=verify-full to DATABASE_URL',
  ],
]

function adviceFor(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const text = `${'code' in error ? error.code : ''} ${error.message}`
  return adviceByError.find(([pattern]) => pattern.test(text))?.[1]
}

function withAdvice(reason: Reason, advice: string, cause: unknown): StoreUnavailable {
  const said = cause instanceof Error ? cause.message || ('code' in cause ? cause.code : cause.name) : cause
  return new StoreUnavailable(reason, `${advice} (${said}).`, { cause })
}

function ofSqlState(code = ''): Reason | null {
  const keys = [code, code.slice(0, 3), code.slice(0, 2)]
  return keys.map((key) => reasonsBySqlState[key]).find((reason) => reason !== undefined) ?? null
}

function ofConnection(error: Error): Reason | null {
  if ('code' in error && /^E[A-Z]+$/.test(String(error.code))) return 'UNREACHABLE'
  return reasonsByMessage.find(([pattern]) => pattern.test(error.message))?.[1] ?? null
}
