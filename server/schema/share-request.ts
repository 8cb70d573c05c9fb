import { RequestError } from '../share-requests/errors.ts'
import { type CallerKind, historyOf } from '../share-requests/share-request.ts'
import { builder } from './builder.ts'
import { factsOf } from './context.ts'
import { IdentityFactsRef } from './identity-facts.ts'
import { PolicyRef } from './policy.ts'
import { ShareRequestRef, ShareRequestStatusRef } from './refs.ts'

const CallerKindRef = builder.enumType('CallerKind', {
  description: 'Who made a share request.',
  values: {
    CUSTOMER: { description: "A customer's page, without a key." },
    PARTNER: { description: "One of the partner's systems, with a partner key." },
  } satisfies Record<CallerKind, object>,
})

ShareRequestRef.implement({
  description:
    'A data share request: the question, put to one customer through a code, whether they share the facts that a policy asks for.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description:
        'Its id, a UUID such as `5f0c7a52-6f0e-4a7e-9a53-0d5c1f6f0b7a`. No secret: without a clientSecret or a partner key it opens nothing.',
    }),
    policy: t.field({
      type: PolicyRef,
      description: 'The policy it was made from, as it was then.',
      resolve: ({ policy }) => policy,
    }),
    reference: t.exposeString('reference', {
      nullable: true,
      description: "The partner's own reference, as given at creation, such as `order-1`.",
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When it expires unless the customer approves before.',
    }),
    createdBy: t.field({
      type: CallerKindRef,
      description: 'Who made it.',
      resolve: ({ createdBy }) => createdBy,
    }),
    status: t.field({
      type: ShareRequestStatusRef,
      description: 'What has become of it: ask for `__typename` to tell which of the statuses it is.',
      resolve: (request) => request,
    }),
    history: t.field({
      type: [ShareRequestStatusRef],
      description: 'Every status it has had, oldest first: two at most.',
      resolve: historyOf,
    }),
    facts: t.field({
      type: IdentityFactsRef,
      nullable: true,
      // It makes a call to Portmone.
      extensions: { cost: 20 },
      description:
        'The facts that the customer shared. Needs a partner key with `facts:read` and an approved share request. Pulled from Portmone at the moment of asking and stored nowhere; not to be had in a subscription. Errors carry a code: `UNAUTHENTICATED`, `FORBIDDEN`, `SHARE_REQUEST_NOT_APPROVED`, `UPSTREAM_UNAVAILABLE`, `FACTS_NOT_IN_SUBSCRIPTION`.',
      resolve: async (request, _args, context, { operation }) => {
        if (operation.operation === 'subscription')
          throw new RequestError(
            'FACTS_NOT_IN_SUBSCRIPTION',
            'Facts are not pushed. Query shareRequest(id) { facts } when the status is approved.',
          )
        return { facts: await factsOf(context, request), policy: request.policy, now: Date.now() }
      },
    }),
  }),
})
