import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/**
 * The id of a request or socket in the log: the client's own if it is valid, or else a new one, which `headers` contain
 * from then on.
 */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id']
  if (typeof given === 'string' && /^[\w-]{8,64}$/.test(given)) return given
  const made = randomUUID()
  headers['x-request-id'] = made
  return made
}
