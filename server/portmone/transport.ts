import { UpstreamFailure } from './failure.ts'
import type { UpstreamCall } from './monitor.ts'

/** Why exchanges are aborted when the gateway stops. */
export const stopping = new Error('the gateway is stopping')

/** Why an exchange is aborted at the end of its timeout, or of the deadline of its call. */
export const timedOut = new Error('no answer in time')

/** Codes of Node and undici for errors that may be gone in a moment. */
const transientCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_SOCKET',
])

/** Node uses OpenSSL's codes for rejected certificates, such as DEPTH_ZERO_SELF_SIGNED_CERT. */
export const isTlsError = (code: string) => /CERT|SELF_SIGNED|UNABLE_TO_|CRL_|TLS|SSL/.test(code)

/**
 * Why there is no answer. Only the code of the client's error is kept: the error of a parser contains bytes of the
 * answer, and a message may.
 */
export function transportFailure(call: UpstreamCall, error: unknown): UpstreamFailure {
  if (error === stopping)
    return new UpstreamFailure(call, 'aborted, because the gateway is stopping', { result: 'abandoned' })
  if (error === timedOut)
    return new UpstreamFailure(call, 'no answer in time', { retryable: true, code: 'ETIMEDOUT' })
  const code = codeOf(error)
  // Of the errors that are not ours, undici aborts only when a proxy refuses to connect.
  if (code === 'UND_ERR_ABORTED')
    return new UpstreamFailure(call, 'the proxy did not connect', { retryable: true, code })
  if (isTlsError(code))
    return new UpstreamFailure(call, `no secure connection; check Portmone's certificate (${code})`, { code })
  return new UpstreamFailure(call, `no answer (${code})`, { retryable: transientCodes.has(code), code })
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
