import type * as z from 'zod/mini'
import * as wire from '../../portmone/wire.ts'
import type { FactRequest, IssuedRequest } from '../share-requests/identity-service.ts'
import { factNames } from './facts.ts'
import type { UpstreamCall } from './monitor.ts'

/** One request of the wire contract, without its token. `path` may be logged; `target` contains the code and may not. */
export interface UpstreamRequest<T> {
  call: UpstreamCall
  method: 'GET' | 'POST'
  path: string
  target: string
  headers?: Record<string, string>
  body?: unknown
  answer: z.ZodMiniType<T>
  /** What is wrong with an answer to this request, though it has the right shape; null if nothing is. */
  issueOf?(answer: T): string | null
}

export const tokenRequest = (credentials: wire.Credentials) =>
  post('token', wire.paths.token, credentials, wire.Token)

export function creationRequest(ask: FactRequest, idempotencyKey: string): UpstreamRequest<wire.Share> {
  const body: wire.NewShare = {
    facts: ask.facts.map((kind) => factNames[kind]),
    purpose: ask.purpose,
    lifetime: ask.lifetime,
  }
  const request = post('create', wire.paths.shareRequests, body, wire.Share)
  return { ...request, headers: { [wire.idempotencyHeader]: idempotencyKey } }
}

export const statusRequest = ({ code, issuerRequestId }: IssuedRequest): UpstreamRequest<wire.Status> => ({
  ...getByCode('status', wire.paths.shareStatus, code, wire.Status),
  issueOf: ({ id }) =>
    issuerRequestId === null || id === issuerRequestId ? null : 'id (belongs to another share request)',
})

export const factsRequest = ({ code }: IssuedRequest, now: () => number): UpstreamRequest<wire.Facts> => ({
  ...getByCode('facts', wire.paths.identityFacts, code, wire.Facts),
  issueOf: ({ provenAt }) =>
    wire.isPlausibleProofTime(provenAt, now()) ? null : 'provenAt (must be after 2019 and not in the future)',
})

const post = <T>(
  call: UpstreamCall,
  path: string,
  body: unknown,
  answer: z.ZodMiniType<T>,
): UpstreamRequest<T> => ({ call, method: 'POST', path, target: path, body, answer })

const getByCode = <T>(
  call: UpstreamCall,
  path: string,
  code: string,
  answer: z.ZodMiniType<T>,
): UpstreamRequest<T> => ({ call, method: 'GET', path, target: wire.byCode(path, code), answer })
