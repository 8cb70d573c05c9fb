import { randomUUID } from 'node:crypto'
import { GraphQLError, Kind } from 'graphql'
import { RateLimited, RequestError, UpstreamUnavailable, UserError } from '../share-requests/errors.ts'
import { StoreUnavailable } from '../share-requests/store.ts'

/** `ShareRequestNotFound` → `SHARE_REQUEST_NOT_FOUND`. */
const codeOf = (name: string) => name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()

/**
 * What a caller sees of an error that is no union member: a refusal or a user error with its code, an error of the
 * GraphQL document as it is, and of all else nothing but an id under which `report` has logged it. That the store can
 * not work for now is told, and whether it may help to try again; why is the operator's.
 */
export function toGraphQLError(error: unknown, report: (error: unknown, id: string) => void): GraphQLError {
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error
  if (error instanceof GraphQLError && original instanceof GraphQLError && isForCaller(error)) return error
  const shown = shownError(original, report)
  return error instanceof GraphQLError
    ? Object.assign(new GraphQLError(shown.message, { path: error.path, extensions: shown.extensions }), {
        locations: error.locations,
      })
    : shown
}

/** Whether a GraphQLError is about the request. At a field it is about a broken result, unless it has a code. */
const isForCaller = ({ path, nodes, extensions }: GraphQLError) =>
  path === undefined || extensions.code !== undefined || nodes?.[0]?.kind !== Kind.FIELD

function shownError(error: unknown, report: (error: unknown, id: string) => void): GraphQLError {
  if (error instanceof RequestError)
    return new GraphQLError(error.message, { extensions: { code: error.code } })
  if (error instanceof UserError) {
    const extensions: Record<string, unknown> = { code: codeOf(error.name) }
    if (error instanceof RateLimited) extensions.retryAfter = error.retryAfter
    if (error instanceof UpstreamUnavailable) extensions.retryable = error.retryable
    return new GraphQLError(error.message, { extensions })
  }
  const id = randomUUID()
  report(error, id)
  if (error instanceof StoreUnavailable) {
    const retryable = error.reason !== 'DAMAGED'
    return new GraphQLError(
      `The gateway's database is unavailable. ${retryable ? 'Retry later. ' : ''}Quote ${id} to the gateway's operator.`,
      { extensions: { code: 'STORE_UNAVAILABLE', retryable, id } },
    )
  }
  return new GraphQLError(`Unexpected error. Quote ${id} to the gateway's operator.`, {
    extensions: { code: 'INTERNAL_SERVER_ERROR', id },
  })
}
