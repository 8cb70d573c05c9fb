import { factDefinitions } from '../share-requests/facts.ts'
import {
  devicesOf,
  type Policy,
  type PolicyDevices,
  type policyAccesses,
  purposeIn,
} from '../share-requests/policies.ts'
import { builder } from './builder.ts'
import { languageArgument } from './language.ts'

const FactKindRef = builder.enumType('FactKind', {
  description: 'A kind of identity fact that Portmone can prove.',
  values: factDefinitions,
})

const PolicyAccessRef = builder.enumType('PolicyAccess', {
  description: 'Who can create a share request with a policy.',
  values: {
    PUBLIC: { description: 'Anyone, without a key.' },
    PARTNER: { description: 'Holders of a partner key with `share-requests:write`.' },
  } satisfies Record<(typeof policyAccesses)[number], object>,
})

const PolicyDevicesRef = builder.enumType('PolicyDevices', {
  description: 'On which devices a customer can approve.',
  values: {
    ANY: { description: 'On any: the page draws a QR code and offers a link.' },
    SAME: {
      description: 'On the device that shows the page: it offers the link alone and draws no QR code.',
    },
  } satisfies Record<PolicyDevices, object>,
})

export const PolicyRef = builder.objectRef<Policy>('Policy').implement({
  description:
    'A named set of facts and checks, defined on the server. A browser names a policy and cannot choose facts.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name, such as `age-over-18`.' }),
    purpose: t.string({
      description:
        'Why the facts are requested. Shown to the customer, such as `We need to know you are over 18 before we can sell you wine.`',
      args: { language: t.arg(languageArgument) },
      resolve: (policy, { language }) => purposeIn(policy, language),
    }),
    facts: t.field({
      type: [FactKindRef],
      description: 'Kinds of facts that are requested, such as `[FULL_NAME, DATE_OF_BIRTH]`.',
      resolve: ({ facts }) => facts,
    }),
    checks: t.stringList({
      description: 'Names of the checks that determine the outcome, such as `["name-proven", "adult"]`.',
      resolve: ({ checks }) => checks.map(({ name }) => name),
    }),
    access: t.field({
      type: PolicyAccessRef,
      description: 'Who can create a share request with it.',
      resolve: ({ access }) => access,
    }),
    devices: t.field({
      type: PolicyDevicesRef,
      description: 'On which devices the customer can approve.',
      resolve: devicesOf,
    }),
    lifetime: t.exposeInt('lifetime', {
      description: 'Seconds until a share request expires, such as 300.',
    }),
  }),
})

builder.queryFields((t) => ({
  policies: t.field({
    type: [PolicyRef],
    description: 'Policies that are available to the caller: the public ones, or all with a partner key.',
    resolve: (_, _args, { shareRequests, caller }) => shareRequests.policies(caller),
  }),
  policy: t.field({
    type: PolicyRef,
    nullable: true,
    description: 'One policy; null if it does not exist or is not available to the caller.',
    args: { name: t.arg.string({ required: true, description: 'Name, such as `age-over-18`.' }) },
    resolve: (_, { name }, { shareRequests, caller }) => shareRequests.policy(caller, name),
  }),
}))
