import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/**
 * The id under which a request or socket stands in the log: the one that its client gave, if it is fit, else a new one,
 * which `headers` have from then on.
 */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id']
  if (typeof given === 'string' && /^[\w-]{8,64}$/.test(given)) return given
  // In one piece: as randomUUID gives it, it is a tree of fourteen strings, which a socket would keep.
  const made = Buffer.from(randomUUID()).toString('latin1')
  headers['x-request-id'] = made
  return made
}
