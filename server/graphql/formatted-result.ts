import type { ExecutionResult, FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql'

/** A result as a client gets it. */
export function formattedResult(result: ExecutionResult): FormattedExecutionResult {
  const { errors, ...rest } = result
  return errors === undefined ? rest : { errors: errors.map(formattedError), ...rest }
}

/** An error as a client gets it: `extensions.http` is for servers of HTTP, which take it out. */
export function formattedError(error: GraphQLError): GraphQLFormattedError {
  const { extensions: { http: _, ...extensions } = {}, ...formatted } = error.toJSON()
  return Object.keys(extensions).length > 0 ? { ...formatted, extensions } : formatted
}
