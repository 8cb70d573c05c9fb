import { RequestError } from '../share-requests/errors.ts'
import {
  ageOver,
  type FactKind,
  factDefinitions,
  factKinds,
  type IdentityFacts,
  isAgeFact,
  type PostalAddress,
} from '../share-requests/facts.ts'
import type { Policy } from '../share-requests/policies.ts'
import { builder } from './builder.ts'

/** Facts with the policy they were shared under: selecting a fact that it does not request is an error, not null. */
export interface SharedFacts {
  facts: IdentityFacts
  policy: Policy
  /** Milliseconds since the epoch. */
  now: number
}

/** In years. */
const maxYears = 150

function read({ facts, policy }: SharedFacts, kind: FactKind) {
  if (!policy.facts.includes(kind)) throw notRequested(kind, policy)
  return facts[factDefinitions[kind].field]
}

const notRequested = (what: string, policy: Policy) =>
  new RequestError(
    'FACT_NOT_REQUESTED',
    `The policy ${policy.name} does not request ${what}. It requests: ${policy.facts.join(', ')}.`,
  )

const PostalAddressRef = builder.objectRef<PostalAddress>('PostalAddress').implement({
  description: 'A postal address. A part that was not shared is null.',
  fields: (t) => ({
    street: t.exposeString('street', {
      nullable: true,
      description: 'Street and house, such as `Khreshchatyk 22`.',
    }),
    city: t.exposeString('city', { nullable: true, description: 'City, town or village, such as `Kyiv`.' }),
    postalCode: t.exposeString('postalCode', {
      nullable: true,
      description: 'Postal code, such as `01001`.',
    }),
    region: t.exposeString('region', {
      nullable: true,
      description: 'Region, state or province, such as `Kyiv Oblast`.',
    }),
    country: t.expose('country', {
      type: 'CountryCode',
      nullable: true,
      description: 'Country, such as `UA`.',
    }),
  }),
})

const graphqlTypes = {
  text: 'String',
  date: 'Date',
  country: 'CountryCode',
  email: 'EmailAddress',
  address: PostalAddressRef,
  age: 'Boolean',
} as const

/** Age facts are read through `ageOver`. */
const ownFieldKinds = factKinds.filter((kind) => factDefinitions[kind].type !== 'age')

export const IdentityFactsRef = builder.objectRef<SharedFacts>('IdentityFacts').implement({
  description:
    'The proven facts that the customer shared. A requested fact is null if it was not shared, or if what Portmone sent cannot be used. Selecting a fact that the policy does not request is an error with the code `FACT_NOT_REQUESTED`.',
  fields: (t) => ({
    ...Object.fromEntries(
      ownFieldKinds.map((kind) => {
        const { field, type, description } = factDefinitions[kind]
        const resolve = (shared: SharedFacts) => read(shared, kind)
        return [field, t.field({ type: graphqlTypes[type], nullable: true, description, resolve })]
      }),
    ),
    ageOver: t.boolean({
      nullable: true,
      description:
        'Whether the person is at least this many years old today (UTC). Derived from an age fact or the date of birth, which it does not reveal. Null if neither answers it.',
      args: {
        years: t.arg.int({ required: true, description: 'Completed years, from 1 to 150, such as 18.' }),
      },
      resolve: ({ facts, policy, now }, { years }) => {
        if (years < 1 || years > maxYears)
          throw new RequestError('BAD_USER_INPUT', `years must be between 1 and ${maxYears} (got ${years}).`)
        if (!policy.facts.some(isAgeFact)) throw notRequested('an age or the date of birth', policy)
        return ageOver(facts, years, now)
      },
    }),
    provenAt: t.field({
      type: 'DateTime',
      description: 'When Portmone proved the facts.',
      resolve: ({ facts }) => facts.provenAt,
    }),
  }),
})
