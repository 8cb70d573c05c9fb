import type { IncomingMessage, ServerResponse } from 'node:http'

export const strictTransport = 'max-age=31536000; includeSubDomains'

const isJson = (contentType: string | undefined) => /^application\/json(;|$)/.test(contentType ?? '')

/**
 * Stands before GraphQL over HTTP. JSON is all that is taken: no form of a browser can send it, and a script of
 * another origin must ask before it does (CORS), so that no page sends operations in its visitor's name. Nobody on the
 * way keeps an answer.
 * @param secure whether browsers reach the gateway under TLS.
 * @returns whether the operation may go on; if not, it has been answered.
 */
export const createOperationGate =
  (secure: boolean) =>
  (request: IncomingMessage, response: ServerResponse): boolean => {
    response.setHeader('cache-control', 'no-store')
    response.setHeader('x-content-type-options', 'nosniff')
    if (secure) response.setHeader('strict-transport-security', strictTransport)
    if (request.method !== 'POST' || isJson(request.headers['content-type'])) return true
    response.writeHead(415, { 'content-type': 'application/json; charset=utf-8' })
    response.end(
      JSON.stringify({
        errors: [
          {
            message: 'Send the operation as JSON, with "Content-Type: application/json".',
            extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' },
          },
        ],
      }),
    )
    return false
  }
