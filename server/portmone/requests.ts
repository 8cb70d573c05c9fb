import type * as z from 'zod/mini'
import * as wire from '../../portmone/wire.ts'
import type { FactKind, IdentityFacts } from '../share-requests/facts.ts'
import type { Ask } from '../share-requests/identity-service.ts'
import type { UpstreamCall } from './monitor.ts'

/** One request of the wire contract, without its token. `path` may be shown; `target` holds the code, and may not. */
export interface UpstreamRequest<T> {
  call: UpstreamCall
  method: 'GET' | 'POST'
  path: string
  target: string
  headers?: Record<string, string>
  body?: unknown
  answer: z.ZodMiniType<T>
}

/** A kind of fact that the wire has no word for fails to compile here, and so does a word that the domain has no field for. */
const factNames: Record<FactKind, Exclude<keyof IdentityFacts, 'provenAt'>> & typeof wire.factNames =
  wire.factNames

export const tokenRequest = (credentials: wire.Credentials): UpstreamRequest<wire.Token> => ({
  ...{ call: 'token', method: 'POST', path: wire.paths.token, target: wire.paths.token },
  ...{ body: credentials, answer: wire.Token },
})

export function createRequest(ask: Ask, idempotencyKey: string): UpstreamRequest<wire.Share> {
  const body: wire.NewShare = {
    facts: ask.facts.map((kind) => factNames[kind]),
    purpose: ask.purpose,
    lifetime: ask.lifetime,
  }
  return {
    ...{ call: 'create', method: 'POST', path: wire.paths.shareRequests, target: wire.paths.shareRequests },
    ...{ headers: { [wire.idempotencyHeader]: idempotencyKey }, body, answer: wire.Share },
  }
}

export const statusRequest = (code: string): UpstreamRequest<wire.Status> => ({
  ...{ call: 'status', method: 'GET', path: wire.paths.shareStatus, answer: wire.Status },
  target: wire.byCode(wire.paths.shareStatus, code),
})

export const factsRequest = (code: string): UpstreamRequest<wire.Facts> => ({
  ...{ call: 'facts', method: 'GET', path: wire.paths.identityFacts, answer: wire.Facts },
  target: wire.byCode(wire.paths.identityFacts, code),
})

export const identityFactsOf = ({ facts, provenAt }: wire.Facts): IdentityFacts => ({
  ...facts,
  provenAt: Date.parse(provenAt),
})
