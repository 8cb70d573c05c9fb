import type { GraphQLError } from 'graphql'

type RequestErrorCode = 'GRAPHQL_PARSE_FAILED' | 'GRAPHQL_VALIDATION_FAILED' | 'BAD_USER_INPUT'

/** Marks `error` as a fault of the request: by a code, and 400, where the answer's media type lets HTTP say so. */
export function asRequestError(error: GraphQLError, code: RequestErrorCode): GraphQLError {
  error.extensions.code ??= code
  error.extensions.http ??= { spec: true, status: 400 }
  return error
}
