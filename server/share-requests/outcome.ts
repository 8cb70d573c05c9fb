import { ageOver, factDefinitions, type IdentityFacts } from './facts.ts'
import type { Policy, PolicyCheck } from './policies.ts'

const checkVerdicts = ['PASSED', 'FAILED', 'UNDECIDABLE'] as const
export type CheckVerdict = (typeof checkVerdicts)[number]

export interface CheckResult {
  name: string
  verdict: CheckVerdict
}

/** What the customer's page may see: whether each check passed, and no fact. */
export interface Outcome {
  passed: boolean
  checks: CheckResult[]
}

/** The verdict of each of the policy's checks on `facts` at `now`. Passed means that every check passed. */
export function outcomeOf(policy: Policy, facts: IdentityFacts, now: number): Outcome {
  const checks = policy.checks.map((check) => ({ name: check.name, verdict: verdictOf(check, facts, now) }))
  return { passed: checks.every((check) => check.verdict === 'PASSED'), checks }
}

function verdictOf(check: PolicyCheck, facts: IdentityFacts, now: number): CheckVerdict {
  if ('ageOver' in check) return verdict(ageOver(facts, check.ageOver, now))
  if ('nationalityIn' in check)
    return verdict(facts.nationality === undefined ? null : check.nationalityIn.includes(facts.nationality))
  return verdict(facts[factDefinitions[check.proven].field] === undefined ? null : true)
}

const verdict = (holds: boolean | null): CheckVerdict =>
  holds === null ? 'UNDECIDABLE' : holds ? 'PASSED' : 'FAILED'
