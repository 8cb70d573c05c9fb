import type { CombinedError } from 'urql'
import type { ErrorCode } from '../../server/graphql/error-codes.ts'
import type { partnerTexts } from './texts/index.ts'

/** Errors that the page can explain, by their code in the API; NETWORK and OTHER are its own. */
const codes = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'FACT_NOT_REQUESTED',
  'SHARE_REQUEST_NOT_APPROVED',
  'SHARE_REQUEST_NOT_FOUND',
  'UPSTREAM_UNAVAILABLE',
  'RATE_LIMITED',
  'BAD_USER_INPUT',
] as const satisfies readonly ErrorCode[]
export type Problem = (typeof codes)[number] | 'NETWORK' | 'OTHER'

export function problemOf({ graphQLErrors, response }: CombinedError): Problem {
  const found = graphQLErrors.map(({ extensions }) => codes.find((code) => code === extensions.code))
  const code = found.find((known) => known !== undefined)
  if (code !== undefined) return code
  if (response?.status === 401) return 'UNAUTHENTICATED'
  return graphQLErrors.length > 0 || response !== undefined ? 'OTHER' : 'NETWORK'
}

export const explained = (t: ReturnType<typeof partnerTexts>, problem: Problem) => t[`problem_${problem}`]
