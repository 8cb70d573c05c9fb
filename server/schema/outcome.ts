import type { CheckResult, CheckVerdict } from '../share-requests/outcome.ts'
import { checkLabelIn, type Policy } from '../share-requests/policies.ts'
import type { ApprovedShareRequest } from '../share-requests/share-request.ts'
import { builder } from './builder.ts'
import { languageArgument } from './language.ts'

const CheckVerdictRef = builder.enumType('CheckVerdict', {
  description: 'Result of a check.',
  values: {
    PASSED: { description: 'The shared facts meet the check.' },
    FAILED: { description: 'The shared facts do not meet the check.' },
    UNDECIDABLE: { description: 'The shared facts do not answer the check. The outcome is not passed.' },
  } satisfies Record<CheckVerdict, object>,
})

const CheckResultRef = builder.objectRef<CheckResult & { policy: Policy }>('CheckResult').implement({
  description: "One of the policy's checks and its verdict.",
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'Name of the check in `Policy.checks`, such as `adult`.',
    }),
    label: t.string({
      description:
        'Text for customers, such as `You are an adult`: the label of the check in the policy. Without a label, it is derived from the name, such as `Name proven` from `name-proven`.',
      args: { language: t.arg(languageArgument) },
      resolve: ({ policy, name }, { language }) => checkLabelIn(policy, name, language),
    }),
    verdict: t.field({
      type: CheckVerdictRef,
      description: 'The verdict.',
      resolve: ({ verdict }) => verdict,
    }),
  }),
})

export const OutcomeRef = builder.objectRef<ApprovedShareRequest>('Outcome').implement({
  description:
    'Whether each check of the policy passed. Contains no fact, so that a page of the customer may read it.',
  fields: (t) => ({
    passed: t.boolean({
      description: 'Whether every check passed.',
      resolve: ({ outcome }) => outcome.passed,
    }),
    checks: t.field({
      type: [CheckResultRef],
      description: 'The checks, in the order of the policy.',
      resolve: ({ policy, outcome }) => outcome.checks.map((check) => ({ ...check, policy })),
    }),
  }),
})
