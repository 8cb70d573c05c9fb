import { DatabaseError } from 'pg'
import { StoreUnavailable, type StoreUnavailableReason } from '../share-requests/store.ts'

const messages = {
  UNREACHABLE: 'PostgreSQL can not be reached. Check that it runs and that DATABASE_URL leads to it',
  FULL: 'PostgreSQL has no space left. Make some; it goes on by itself',
  NOT_WRITABLE:
    'PostgreSQL does not take writes here. Let DATABASE_URL lead to the primary, as a user who may write',
  BUSY: 'PostgreSQL took too long. Look at pg_stat_activity for what keeps it busy or locked',
  DAMAGED: 'PostgreSQL reports damaged data. Look at its log',
} satisfies Partial<Record<StoreUnavailableReason, string>>

type Reason = keyof typeof messages

/**
 * What the caller can not help, by SQLSTATE, its first three or its first two characters
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html). Any other is a mistake of this program.
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

/** What `pg` says, without a code, where a connection broke or could not be had. */
const reasonsByMessage: [RegExp, Reason][] = [
  [/^(timeout exceeded when trying to connect|Query read timeout)/, 'BUSY'],
  [/^(Connection terminated|timeout expired|Client has encountered|Client was closed)/, 'UNREACHABLE'],
  [/^(Cannot use a pool after|Postgres connection has been discarded)/, 'UNREACHABLE'],
]

/** The typed form of an error that the caller can not help; null for any other error. */
export function postgresUnavailable(error: unknown): StoreUnavailable | null {
  if (!(error instanceof Error)) return null
  const reason = error instanceof DatabaseError ? ofSqlState(error.code) : ofConnection(error)
  return reason === null ? null : unavailable(reason, error)
}

/** The typed form of any error that a first connection meets: its settings can not be used as they are. */
export const connectionRefused = (error: unknown): StoreUnavailable =>
  postgresUnavailable(error) ?? unavailable('UNREACHABLE', error)

function unavailable(reason: Reason, cause: unknown): StoreUnavailable {
  const said = cause instanceof Error ? cause.message || ('code' in cause ? cause.code : cause.name) : cause
  return new StoreUnavailable(reason, `${messages[reason]} (${said}).`, { cause })
}

function ofSqlState(code = ''): Reason | null {
  const keys = [code, code.slice(0, 3), code.slice(0, 2)]
  return keys.map((key) => reasonsBySqlState[key]).find((reason) => reason !== undefined) ?? null
}

function ofConnection(error: Error): Reason | null {
  if ('code' in error && /^E[A-Z]+$/.test(String(error.code))) return 'UNREACHABLE'
  return reasonsByMessage.find(([pattern]) => pattern.test(error.message))?.[1] ?? null
}
