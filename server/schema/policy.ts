import { factDefinitions } from '../share-requests/facts.ts'
import { type Policy, type policyAccesses, purposeIn } from '../share-requests/policies.ts'
import { builder } from './builder.ts'
import { languageArgument } from './language.ts'

const FactKindRef = builder.enumType('FactKind', {
  description: 'A kind of identity fact that Portmone can prove.',
  values: factDefinitions,
})

const PolicyAccessRef = builder.enumType('PolicyAccess', {
  description: 'Who may create a share request from a policy.',
  values: {
    PUBLIC: { description: "Anyone: a customer's page may create from it." },
    PARTNER: { description: 'Holders of a partner key only.' },
  } satisfies Record<(typeof policyAccesses)[number], object>,
})

export const PolicyRef = builder.objectRef<Policy>('Policy').implement({
  description:
    'A named definition of what may be asked of a customer, kept by the server: the browser names a policy and cannot choose facts.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, such as `age-over-18`.' }),
    purpose: t.string({
      description:
        'Why the facts are asked, such as `To sell you wine we must know that you are an adult.` Shown to the customer.',
      args: { language: t.arg(languageArgument) },
      resolve: (policy, { language }) => purposeIn(policy, language),
    }),
    facts: t.field({
      type: [FactKindRef],
      description: 'The kinds of facts that are asked, and no others, such as `[FULL_NAME, DATE_OF_BIRTH]`.',
      resolve: ({ facts }) => facts,
    }),
    checks: t.stringList({
      description: 'Names of the checks that make up the outcome, such as `["name-proven", "adult"]`.',
      resolve: ({ checks }) => checks.map(({ name }) => name),
    }),
    access: t.field({
      type: PolicyAccessRef,
      description: 'Who may create from it.',
      resolve: ({ access }) => access,
    }),
    lifetime: t.exposeInt('lifetime', {
      description: 'Seconds that a share request made from it lives, such as 300: five minutes.',
    }),
  }),
})

builder.queryFields((t) => ({
  policies: t.field({
    type: [PolicyRef],
    description: 'The policies that the caller may use: the public ones, and all of them with a partner key.',
    resolve: (_, _args, { shareRequests, caller }) => shareRequests.policies(caller),
  }),
  policy: t.field({
    type: PolicyRef,
    nullable: true,
    description: 'One policy by its name; null where there is none that the caller may use.',
    args: { name: t.arg.string({ required: true, description: 'Its name, such as `age-over-18`.' }) },
    resolve: (_, { name }, { shareRequests, caller }) => shareRequests.policy(caller, name),
  }),
}))
