import * as z from 'zod'
import { RequestError } from './errors.ts'

/**
 * Whether `text` may be stored or compared: well-formed Unicode without control characters. PostgreSQL refuses NUL, and
 * unpaired surrogates do not survive UTF-8; the rest keeps log lines, lists and terminals readable.
 */
const isAcceptableText = (text: string) => text.isWellFormed() && !/\p{Cc}/u.test(text)

const message = 'Must not contain control characters or unpaired surrogates.'

export const AcceptableText = z.string().refine(isAcceptableText, message)

/** Throws a RequestError that names the argument `name` unless `text` is acceptable. */
export function requireAcceptableText(name: string, text: string | null | undefined): void {
  if (text != null && !isAcceptableText(text)) throw new RequestError('BAD_USER_INPUT', `${name}: ${message}`)
}
