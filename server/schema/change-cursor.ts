import { RequestError } from '../share-requests/errors.ts'
import type { ChangeCursor } from '../share-requests/store.ts'

export const encodeChangeCursor = ({ position, changedAt }: ChangeCursor) =>
  Buffer.from(`change:${position}:${changedAt ?? ''}`).toString('base64url')

/** Throws a RequestError. */
export function decodeChangeCursor(cursor: string): ChangeCursor {
  const text = Buffer.from(cursor, 'base64url').toString()
  const [, position, changedAt] = /^change:(\d{1,15}):(\d{0,15})$/.exec(text) ?? []
  if (position === undefined)
    throw new RequestError(
      'BAD_USER_INPUT',
      'after is not a valid cursor. Pass the cursor of a change, or changesCursor of a list, unchanged.',
    )
  return { position: Number(position), changedAt: changedAt ? Number(changedAt) : null }
}
