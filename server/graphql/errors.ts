import { GraphQLError, type GraphQLErrorOptions } from 'graphql'
import { type ErrorCode, type ErrorCodeInfo, errorCodes } from './error-codes.ts'

/** An error at a field: the rest of the answer stands. */
export const fieldError = (
  code: ErrorCode,
  message: string,
  extensions: Record<string, unknown> = {},
): GraphQLError => new GraphQLError(message, { extensions: { code, ...extensions } })

export function asFieldError(error: GraphQLError, code: ErrorCode): GraphQLError {
  error.extensions.code = code
  return error
}

interface RequestErrorOptions {
  nodes?: GraphQLErrorOptions['nodes']
  headers?: Record<string, string>
  /** Where it differs from the code's. */
  okInJson?: boolean
}

/** An error because of which nothing is executed. Over HTTP the answer has the status of its code. */
export const requestError = (
  code: ErrorCode,
  message: string,
  { nodes, ...http }: RequestErrorOptions = {},
): GraphQLError => asRequestError(new GraphQLError(message, { nodes }), code, http)

/** Makes `error` an error because of which nothing is executed. It keeps a code that it already has. */
export function asRequestError(
  error: GraphQLError,
  code: ErrorCode,
  http: Pick<RequestErrorOptions, 'headers' | 'okInJson'> = {},
): GraphQLError {
  error.extensions.code ??= code
  const info: ErrorCodeInfo = errorCodes[error.extensions.code as ErrorCode]
  const { okInJson = info.okInJson, headers = info.headers } = http
  // Read by Yoga, which takes it out. `spec` is its word for okInJson.
  if (info.status !== null)
    error.extensions.http ??= {
      status: info.status,
      ...(okInJson && { spec: true }),
      ...(headers && { headers }),
    }
  return error
}
