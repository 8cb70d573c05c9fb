import type { CheckResult, CheckVerdict } from '../share-requests/outcome.ts'
import { checkLabelIn, type Policy } from '../share-requests/policies.ts'
import type { ApprovedShareRequest } from '../share-requests/share-request.ts'
import { builder } from './builder.ts'
import { languageArgument } from './language.ts'

const CheckVerdictRef = builder.enumType('CheckVerdict', {
  description: 'What a check came to.',
  values: {
    PASSED: { description: 'The shared facts show that it holds.' },
    FAILED: { description: 'The shared facts show that it does not hold.' },
    UNDECIDABLE: { description: 'The shared facts do not answer it. Not a FAILED, and it does not pass.' },
  } satisfies Record<CheckVerdict, object>,
})

const CheckResultRef = builder.objectRef<CheckResult & { policy: Policy }>('CheckResult').implement({
  description: "One of the policy's checks and what it came to.",
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'The name of the check, as `Policy.checks` has it, such as `adult`.',
    }),
    label: t.string({
      description:
        'What customers call the check, such as `You are an adult`: its label in the policy, or its name in words where it has none, such as `Name proven` for `name-proven`.',
      args: { language: t.arg(languageArgument) },
      resolve: ({ policy, name }, { language }) => checkLabelIn(policy, name, language),
    }),
    verdict: t.field({
      type: CheckVerdictRef,
      description: 'What it came to.',
      resolve: ({ verdict }) => verdict,
    }),
  }),
})

export const OutcomeRef = builder.objectRef<ApprovedShareRequest>('Outcome').implement({
  description:
    "What the customer's page may learn: whether each check of the policy passed. It carries no fact.",
  fields: (t) => ({
    passed: t.boolean({
      description: 'Whether every check passed.',
      resolve: ({ outcome }) => outcome.passed,
    }),
    checks: t.field({
      type: [CheckResultRef],
      description: 'Check by check, in the order of the policy.',
      resolve: ({ policy, outcome }) => outcome.checks.map((check) => ({ ...check, policy })),
    }),
  }),
})
