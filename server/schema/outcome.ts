import type { CheckResult, CheckVerdict, Outcome } from '../share-requests/outcome.ts'
import { builder } from './builder.ts'

const CheckVerdictRef = builder.enumType('CheckVerdict', {
  description: 'What a check came to.',
  values: {
    PASSED: { description: 'The shared facts show that it holds.' },
    FAILED: { description: 'The shared facts show that it does not hold.' },
    UNDECIDABLE: { description: 'The shared facts do not answer it. Not a FAILED, and it does not pass.' },
  } satisfies Record<CheckVerdict, object>,
})

const CheckResultRef = builder.objectRef<CheckResult>('CheckResult').implement({
  description: "One of the policy's checks and what it came to.",
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'The name of the check, as `Policy.checks` has it, such as `adult`.',
    }),
    verdict: t.field({
      type: CheckVerdictRef,
      description: 'What it came to.',
      resolve: ({ verdict }) => verdict,
    }),
  }),
})

export const OutcomeRef = builder.objectRef<Outcome>('Outcome').implement({
  description:
    "What the customer's page may learn: whether each check of the policy passed. It carries no fact.",
  fields: (t) => ({
    passed: t.exposeBoolean('passed', { description: 'Whether every check passed.' }),
    checks: t.field({
      type: [CheckResultRef],
      description: 'Check by check, in the order of the policy.',
      resolve: ({ checks }) => checks,
    }),
  }),
})
