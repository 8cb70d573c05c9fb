import { GraphQLError, Kind } from 'graphql'
import {
  RateLimited,
  RequestError,
  ShareRequestNotFound,
  UpstreamUnavailable,
} from '../share-requests/errors.ts'
import { StoreUnavailable } from '../share-requests/store.ts'
import { asFieldError, fieldError } from './errors.ts'

/** Logs an error. @returns the id under which the operator finds it. */
export type ReportError = (error: unknown) => string

/**
 * The error that a caller sees, for errors that are not union members. Errors that callers can act on keep their message
 * and get a code. For all others the caller sees only the id that `report` returns.
 */
export function toGraphQLError(error: unknown, report: ReportError): GraphQLError {
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error
  if (error instanceof GraphQLError && original instanceof GraphQLError) {
    if (error.path === undefined || error.extensions.code !== undefined) return error
    if (isAboutArgument(error)) return asFieldError(error, 'BAD_USER_INPUT')
  }
  const shown = shownError(original, report)
  if (!(error instanceof GraphQLError)) return shown
  const { source, positions, path } = error
  return new GraphQLError(shown.message, { source, positions, path, extensions: shown.extensions })
}

/** graphql-js locates an invalid argument at the argument, and a broken result at the field. */
const isAboutArgument = ({ nodes }: GraphQLError) => nodes?.[0]?.kind !== Kind.FIELD

function shownError(error: unknown, report: ReportError): GraphQLError {
  if (error instanceof RequestError) return fieldError(error.code, error.message)
  if (error instanceof RateLimited)
    return fieldError('RATE_LIMITED', error.message, { retryAfter: error.retryAfter })
  if (error instanceof UpstreamUnavailable)
    return fieldError('UPSTREAM_UNAVAILABLE', error.message, { retryable: error.retryable })
  if (error instanceof ShareRequestNotFound) return fieldError('SHARE_REQUEST_NOT_FOUND', error.message)
  const id = report(error)
  if (error instanceof StoreUnavailable) {
    const retryable = error.reason !== 'DAMAGED'
    const message = `The gateway's database is unavailable. ${retryable ? 'Retry later. ' : ''}Quote ${id} to the gateway's operator.`
    return fieldError('STORE_UNAVAILABLE', message, { retryable, id })
  }
  return fieldError('INTERNAL_SERVER_ERROR', `Unexpected error. Quote ${id} to the gateway's operator.`, {
    id,
  })
}
