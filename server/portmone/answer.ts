import type { IncomingHttpHeaders } from 'undici/types/header.js'
import { Problem } from '../../portmone/wire.ts'
import { type FailureDetails, UpstreamFailure } from './failure.ts'
import type { UpstreamCall } from './monitor.ts'
import type { UpstreamRequest } from './requests.ts'

/** An HTTP answer as it arrived. */
export interface Received {
  status: number
  headers: IncomingHttpHeaders
  /** Null if it was larger than the limit. */
  body: string | null
}

/**
 * The value that an answer to `request` carries. Throws an UpstreamFailure that says what is wrong with the answer
 * without repeating any of its body: messages of JSON.parse and of schemas may quote it.
 */
export function interpret<T>(request: UpstreamRequest<T>, received: Received): T {
  if (received.status < 200 || received.status > 299) throw failureOf(request, received)
  const parsed = request.answer.safeParse(jsonOf(request, received))
  if (parsed.success) {
    const issue = request.issueOf?.(parsed.data) ?? null
    if (issue !== null) throw invalidAnswer(request.call, issue)
    return parsed.data
  }
  const issues = parsed.error.issues.map(
    (issue) =>
      `${issue.path.join('.') || 'the body'} (${issue.code === 'custom' ? issue.message : issue.code})`,
  )
  throw invalidAnswer(request.call, issues.join(', '))
}

/**
 * Portmone works, but what it sent cannot be used. It does not count against the circuit, and is not retried. An invalid
 * token says nothing about the share request that it was fetched for.
 */
const invalidAnswer = (call: UpstreamCall, issues: string) =>
  new UpstreamFailure(call, `invalid answer: ${issues}`, {
    reason: call === 'token' ? 'UNAVAILABLE' : 'INVALID_ANSWER',
    result: 'invalid_answer',
  })

function jsonOf({ call }: UpstreamRequest<unknown>, { headers, body }: Received): unknown {
  if (body === null) throw new UpstreamFailure(call, 'the answer is larger than the limit')
  if (!isJson(headers)) throw new UpstreamFailure(call, 'the answer is not declared as application/json')
  try {
    return JSON.parse(body)
  } catch {
    throw new UpstreamFailure(call, 'the answer is malformed JSON')
  }
}

/** What a status other than 2xx means. */
function failureOf({ call }: UpstreamRequest<unknown>, received: Received): UpstreamFailure {
  const { status } = received
  const retryAfter = secondsOf(firstOf(received.headers['retry-after']))
  const failure = (details: FailureDetails, remark = '') =>
    new UpstreamFailure(call, `it answered ${status}${remark}`, details)

  if (status === 429) return failure({ result: 'rate_limited', retryable: true, retryAfter })
  if (status === 408 || status >= 500) return failure({ retryable: true, retryAfter })
  if (status === 401 && call !== 'status')
    return failure(
      { reason: 'CREDENTIALS_REFUSED', result: 'unauthorized' },
      ` to the Partner's ${call === 'token' ? 'credentials' : 'token'}`,
    )
  // The error page of a proxy or of a wrong URL must not be taken for Portmone's answer about a share request.
  if (status < 400 || status === 401 || !isProblem(received))
    return failure({}, ', but not as Portmone does; check PORTMONE_URL')
  if (call === 'token') return failure({ reason: 'CREDENTIALS_REFUSED', result: 'rejected' })
  if (status === 404 && call !== 'create')
    return failure({ reason: 'UNKNOWN_CODE', result: 'unknown_code' }, ': it does not know the code')
  return failure({ reason: 'REJECTED', result: 'rejected' })
}

function isProblem({ headers, body }: Received): boolean {
  if (body === null || !isJson(headers)) return false
  try {
    return Problem.safeParse(JSON.parse(body)).success
  } catch {
    return false
  }
}

const isJson = (headers: IncomingHttpHeaders) =>
  /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(firstOf(headers['content-type']) ?? '')

const firstOf = (header: string | string[] | undefined) => (Array.isArray(header) ? header[0] : header)

/** Seconds to wait according to a `Retry-After` header (seconds or an HTTP date); undefined if it is invalid. */
function secondsOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter)
  const date = / GMT$/.test(retryAfter) ? Date.parse(retryAfter) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - Date.now()) / 1000))
}
