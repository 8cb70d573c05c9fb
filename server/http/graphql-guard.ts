import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { errorCodes } from '../graphql/error-codes.ts'
import { fieldError } from '../graphql/errors.ts'

export const strictTransport = 'max-age=31536000; includeSubDomains'

const isJson = (contentType: string | undefined) => /^application\/json\s*(;|$)/i.test(contentType ?? '')

/**
 * Guards GraphQL over HTTP. It accepts only JSON, which no form can send and a script of another origin must ask
 * permission for (CORS), so no page can send operations on behalf of its visitor. Answers must not be cached.
 * @param secure whether browsers reach the gateway under TLS.
 * @param allowsOrigins whether pages of other origins may send operations, so that browsers ask for permission.
 * @param onRefused called with the error code of each refusal.
 * @returns whether the operation may continue; if not, it has been answered.
 */
export const createGraphQLGuard =
  (secure: boolean, allowsOrigins: boolean, onRefused: (code: string) => void) =>
  ({ method, headers }: IncomingMessage, response: ServerResponse): boolean => {
    response.setHeader('cache-control', 'no-store')
    response.setHeader('x-content-type-options', 'nosniff')
    response.setHeader('cross-origin-resource-policy', 'same-origin')
    // nginx would hold back the events, and the headers too.
    if (headers.accept?.includes('text/event-stream')) response.setHeader('x-accel-buffering', 'no')
    if (secure) response.setHeader('strict-transport-security', strictTransport)
    const error = method === 'POST' ? mediaTypeError(headers) : allowsOrigins ? null : notPost
    if (error !== null) {
      onRefused(error.code)
      return refuse(response, error)
    }
    // The same test as Yoga's.
    if (method === 'POST') headers['content-type'] = 'application/json'
    return true
  }

interface Refusal {
  code: 'METHOD_NOT_ALLOWED' | 'UNSUPPORTED_MEDIA_TYPE'
  message: string
}

const notPost: Refusal = { code: 'METHOD_NOT_ALLOWED', message: 'Use POST.' }
const notJson: Refusal = {
  code: 'UNSUPPORTED_MEDIA_TYPE',
  message: 'Send the operation as JSON, with "Content-Type: application/json".',
}
const isCompressed: Refusal = {
  code: 'UNSUPPORTED_MEDIA_TYPE',
  message: 'Send the operation uncompressed, without Content-Encoding.',
}

function mediaTypeError(headers: IncomingHttpHeaders): Refusal | null {
  if (!isJson(headers['content-type'])) return notJson
  return (headers['content-encoding'] ?? 'identity').toLowerCase() === 'identity' ? null : isCompressed
}

function refuse(response: ServerResponse, { code, message }: Refusal): false {
  response.writeHead(errorCodes[code].status, {
    'content-type': 'application/json; charset=utf-8',
    ...(code === 'METHOD_NOT_ALLOWED' && { allow: 'POST' }),
  })
  response.end(JSON.stringify({ errors: [fieldError(code, message)] }))
  return false
}
