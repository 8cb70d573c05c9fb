import type { ExecutionResult, FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql'

/** A result as a client gets it. */
export function formattedResult(result: ExecutionResult): FormattedExecutionResult {
  const { errors, ...rest } = result
  return errors === undefined ? rest : { errors: errors.map(formattedError), ...rest }
}

/** An error as a client gets it, without `extensions.http`, which is meant for the HTTP server. */
export function formattedError(error: GraphQLError): GraphQLFormattedError {
  const { extensions: { http: _, ...extensions } = {}, ...formatted } = error.toJSON()
  return Object.keys(extensions).length > 0 ? { ...formatted, extensions } : formatted
}
