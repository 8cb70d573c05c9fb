import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** The id under which a request or socket stands in the log: the one that its client gave, if it is fit. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID()
}
