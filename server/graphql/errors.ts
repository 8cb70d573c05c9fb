import { GraphQLError, type GraphQLErrorOptions } from 'graphql'
import { type ErrorCode, type ErrorCodeInfo, errorCodes } from './error-codes.ts'

/** An error of one field, which leaves the rest of the answer valid. */
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
  /** If it differs from the code's default. */
  okInJson?: boolean
}

/** An error of the whole request: nothing is executed. Over HTTP the response has the status of its code. */
export const requestError = (
  code: ErrorCode,
  message: string,
  { nodes, ...http }: RequestErrorOptions = {},
): GraphQLError => asRequestError(new GraphQLError(message, { nodes }), code, http)

/** Makes `error` an error of the whole request. It keeps a code that it already has. */
export function asRequestError(
  error: GraphQLError,
  code: ErrorCode,
  http: Pick<RequestErrorOptions, 'headers' | 'okInJson'> = {},
): GraphQLError {
  error.extensions.code ??= code
  const info: ErrorCodeInfo = errorCodes[error.extensions.code as ErrorCode]
  const { okInJson = info.okInJson, headers = info.headers } = http
  // Yoga reads and removes it. `spec` is Yoga's name for okInJson.
  if (info.status !== null)
    error.extensions.http ??= {
      status: info.status,
      ...(okInJson && { spec: true }),
      ...(headers && { headers }),
    }
  return error
}
