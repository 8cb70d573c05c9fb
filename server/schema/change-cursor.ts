import { RequestError } from '../share-requests/errors.ts'

export const encodePosition = (position: number) => Buffer.from(`change:${position}`).toString('base64url')

/** Throws a RequestError. */
export function decodePosition(cursor: string): number {
  const [, position] = /^change:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (position === undefined)
    throw new RequestError(
      'BAD_USER_INPUT',
      'after is not a valid cursor. Pass the cursor of a change, or changesCursor of a list, unchanged.',
    )
  return Number(position)
}
