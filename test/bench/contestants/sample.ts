import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { readPolicies } from '../../../server/share-requests/policies.ts'

/** The policy of all share requests in the bench. */
export const policyName = 'kyc-basic'
const samples = fileURLToPath(new URL('../../../server/share-requests/sample-policies.json', import.meta.url))
const policy = readPolicies(samples).find(({ name }) => name === policyName)!
const lifetime = policy.lifetime * 1000

/** A share request of the contestants without a store: the fields that the bench's operations select. */
export interface SampleShareRequest {
  id: string
  clientSecret: string
  code: string
  createdAt: number
  expiresAt: number
  version: number
  changedAt: number
  policy: { name: string; purpose: string; facts: string[]; checks: string[] }
  /** Null while pending. */
  approved: {
    approvedAt: number
    outcome: { passed: boolean; checks: { name: string; verdict: string }[] }
  } | null
}

export function sampleShareRequest(): SampleShareRequest {
  const now = Date.now()
  return {
    id: randomUUID(),
    clientSecret: randomUUID(),
    code: `http://127.0.0.1/${randomUUID()}`,
    createdAt: now,
    expiresAt: now + lifetime,
    version: 1,
    changedAt: now,
    policy: { ...policy, checks: policy.checks.map(({ name }) => name) },
    approved: null,
  }
}

export function approved(request: SampleShareRequest): SampleShareRequest {
  const now = Date.now()
  const checks = request.policy.checks.map((name) => ({ name, verdict: 'PASSED' }))
  return {
    ...request,
    version: request.version + 1,
    changedAt: now,
    approved: { approvedAt: now, outcome: { passed: true, checks } },
  }
}
