import { randomUUID } from 'node:crypto'
import { GraphQLError } from 'graphql'
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
  const place = error instanceof GraphQLError ? { nodes: error.nodes, path: error.path } : {}
  // One of the document, of a variable, or thrown as it is to be shown; the outer one says where.
  if (error instanceof GraphQLError && original instanceof GraphQLError) return error
  if (original instanceof RequestError)
    return new GraphQLError(original.message, { ...place, extensions: { code: original.code } })
  if (original instanceof UserError) {
    const extensions: Record<string, unknown> = { code: codeOf(original.name) }
    if (original instanceof RateLimited) extensions.retryAfter = original.retryAfter
    if (original instanceof UpstreamUnavailable) extensions.retryable = original.retryable
    return new GraphQLError(original.message, { ...place, extensions })
  }
  const id = randomUUID()
  report(original, id)
  if (original instanceof StoreUnavailable) {
    const retryable = original.reason !== 'DAMAGED'
    return new GraphQLError(
      `The gateway can not use its store at the moment. ${retryable ? 'Try again. ' : ''}The operator finds it in the log as ${id}.`,
      { ...place, extensions: { code: 'STORE_UNAVAILABLE', retryable, id } },
    )
  }
  return new GraphQLError(`Unexpected error. The operator finds it in the log as ${id}.`, {
    ...place,
    extensions: { code: 'INTERNAL_SERVER_ERROR', id },
  })
}
