import { RequestError } from '../share-requests/errors.ts'
import { type CallerKind, historyOf } from '../share-requests/share-request.ts'
import { builder } from './builder.ts'
import { factsOf } from './context.ts'
import { IdentityFactsRef } from './identity-facts.ts'
import { PolicyRef } from './policy.ts'
import { ShareRequestRef, ShareRequestStatusRef } from './refs.ts'

const CallerKindRef = builder.enumType('CallerKind', {
  description: 'Who created a share request.',
  values: {
    CUSTOMER: { description: 'A customer, without a key.' },
    PARTNER: { description: "One of the Partner's systems, with a partner key." },
  } satisfies Record<CallerKind, object>,
})

const PartnerKeyRef = builder.objectRef<{ id: string; name: string }>('PartnerKey').implement({
  description: "A key of one of the Partner's systems.",
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the key. It is not secret.' }),
    name: t.exposeString('name', { description: 'The name that the operator gave it, such as `shop`.' }),
  }),
})

ShareRequestRef.implement({
  description:
    'A data share request: asks one customer, through a code, to share the facts that a policy requests.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description:
        'UUID, such as `5f0c7a52-6f0e-4a7e-9a53-0d5c1f6f0b7a`. Not a secret: reading the share request also requires its clientSecret or a partner key.',
    }),
    policy: t.field({
      type: PolicyRef,
      description: 'The policy, as it was at the time of creation.',
      resolve: ({ policy }) => policy,
    }),
    reference: t.exposeString('reference', {
      nullable: true,
      description: "The Partner's own reference from the time of creation, such as `order-1`.",
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'When it expires unless the customer answers first.',
    }),
    createdBy: t.field({
      type: CallerKindRef,
      description: 'Who created it.',
      resolve: ({ createdBy }) => createdBy,
    }),
    createdByKey: t.field({
      type: PartnerKeyRef,
      nullable: true,
      description:
        'The partner key that created it; null for a customer. Requires a partner key with `share-requests:read`. Error codes: `UNAUTHENTICATED`, `FORBIDDEN`.',
      resolve: (request, _args, { shareRequests, caller }) => shareRequests.createdByKey(caller, request),
    }),
    status: t.field({
      type: ShareRequestStatusRef,
      description: 'Current status. Select `__typename` to tell the states apart.',
      resolve: (request) => request,
    }),
    history: t.field({
      type: [ShareRequestStatusRef],
      description: 'All statuses so far, oldest first; at most two.',
      resolve: historyOf,
    }),
    facts: t.field({
      type: IdentityFactsRef,
      nullable: true,
      // Each makes a call to Portmone.
      extensions: { cost: 20 },
      description:
        'The facts that the customer shared. Requires a partner key with `facts:read` and an approved share request. Fetched from Portmone on demand and never stored. Not available in subscriptions. Error codes: `UNAUTHENTICATED`, `FORBIDDEN`, `SHARE_REQUEST_NOT_APPROVED`, `UPSTREAM_UNAVAILABLE`, `RATE_LIMITED`, `FACTS_NOT_IN_SUBSCRIPTION`.',
      resolve: async (request, _args, context, { operation }) => {
        if (operation.operation === 'subscription')
          throw new RequestError(
            'FACTS_NOT_IN_SUBSCRIPTION',
            'Facts are not available in subscriptions. Query shareRequest(id) { facts } after ApprovedStatus.',
          )
        return { facts: await factsOf(context, request), policy: request.policy, now: Date.now() }
      },
    }),
  }),
})
