import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { errorCodes } from '../graphql/error-codes.ts'
import { fieldError } from '../graphql/errors.ts'

export const strictTransport = 'max-age=31536000; includeSubDomains'

const isJson = (contentType: string | undefined) => /^application\/json\s*(;|$)/i.test(contentType ?? '')

/**
 * Guards GraphQL over HTTP. It accepts only JSON, which no form can send and a script of another origin must ask
 * permission for (CORS), so no page can send operations on behalf of its visitor. Answers must not be cached.
 * @param secure whether browsers reach the gateway under TLS.
 * @param onRefused called with the error code of each refusal.
 * @returns whether the operation may continue; if not, it has been answered.
 */
export const createGraphQLGuard =
  (secure: boolean, onRefused: (code: string) => void) =>
  ({ method, headers }: IncomingMessage, response: ServerResponse): boolean => {
    response.setHeader('cache-control', 'no-store')
    response.setHeader('x-content-type-options', 'nosniff')
    response.setHeader('cross-origin-resource-policy', 'same-origin')
    // nginx would hold back the events, and the headers too.
    if (headers.accept?.includes('text/event-stream')) response.setHeader('x-accel-buffering', 'no')
    if (secure) response.setHeader('strict-transport-security', strictTransport)
    if (method !== 'POST') return true
    const refusal = mediaTypeError(headers)
    if (refusal === null) {
      // The same test as Yoga's.
      headers['content-type'] = 'application/json'
      return true
    }
    onRefused('UNSUPPORTED_MEDIA_TYPE')
    return refuseMediaType(response, refusal)
  }

function mediaTypeError(headers: IncomingHttpHeaders): string | null {
  if (!isJson(headers['content-type']))
    return 'Send the operation as JSON, with "Content-Type: application/json".'
  const encoding = headers['content-encoding'] ?? 'identity'
  return encoding.toLowerCase() === 'identity'
    ? null
    : 'Send the operation uncompressed, without Content-Encoding.'
}

function refuseMediaType(response: ServerResponse, message: string): false {
  const error = fieldError('UNSUPPORTED_MEDIA_TYPE', message)
  response.writeHead(errorCodes.UNSUPPORTED_MEDIA_TYPE.status, {
    'content-type': 'application/json; charset=utf-8',
  })
  response.end(JSON.stringify({ errors: [error] }))
  return false
}
