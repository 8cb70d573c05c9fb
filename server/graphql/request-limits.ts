import type { GraphQLError } from 'graphql'
import { requestError } from './errors.ts'
import type { OperationParams } from './operation.ts'

/** Bytes of the request of one operation, on any transport. Several times what an operation needs. */
export const maxRequestBytes = 100_000

/** Bytes of the request of a subscription, whose text and variables are kept while it waits. */
export const maxSubscriptionBytes = 6_000

/** Levels of objects and lists in `variables` and in `extensions`, themselves included. Inputs have at most three. */
export const maxNesting = 10

/** The error for `params` that are nested too deeply to be processed; null if they are not. */
export function nestingError({ variables, extensions }: OperationParams): GraphQLError | null {
  if (isDeeperThan(maxNesting, variables)) return tooDeep('variables')
  if (isDeeperThan(maxNesting, extensions)) return tooDeep('extensions')
  return null
}

const tooDeep = (name: string) =>
  requestError('BAD_USER_INPUT', `\`${name}\` must not be nested deeper than ${maxNesting} levels.`)

/** Never goes deeper than `max` itself, so that no input overflows the stack. */
export function isDeeperThan(max: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return max === 0 || Object.values(value).some((child) => isDeeperThan(max - 1, child))
}

/** The error for a subscription whose request has this many bytes; null if it is small enough. */
export const subscriptionSizeError = (bytes: number): GraphQLError | null =>
  bytes <= maxSubscriptionBytes
    ? null
    : requestError(
        'QUERY_TOO_COMPLEX',
        `A subscription must have at most ${maxSubscriptionBytes} bytes, its text, variables and extensions together (got ${bytes}).`,
      )
