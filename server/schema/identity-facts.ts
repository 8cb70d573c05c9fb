import { RequestError } from '../share-requests/errors.ts'
import {
  ageOver,
  type FactKind,
  factFields,
  type IdentityFacts,
  isAgeFact,
  type PostalAddress,
} from '../share-requests/facts.ts'
import type { Policy } from '../share-requests/policies.ts'
import { builder } from './builder.ts'

/** Facts together with what was asked: a fact that was not asked is an error when selected, and not a null. */
export interface SharedFacts {
  facts: IdentityFacts
  policy: Policy
  /** Milliseconds since the epoch. */
  now: number
}

/** In years. */
const maxYears = 150

function read<K extends FactKind>(
  { facts, policy }: SharedFacts,
  kind: K,
): IdentityFacts[(typeof factFields)[K]] {
  if (!policy.facts.includes(kind)) throw notRequested(kind, policy)
  return facts[factFields[kind]]
}

const notRequested = (what: string, policy: Policy) =>
  new RequestError(
    'FACT_NOT_REQUESTED',
    `The policy ${policy.name} does not ask for ${what}. It asks for: ${policy.facts.join(', ')}.`,
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

export const IdentityFactsRef = builder.objectRef<SharedFacts>('IdentityFacts').implement({
  description:
    'The proven facts that the customer shared. A fact that was asked and not shared is null; one that the policy did not ask for is an error with the code `FACT_NOT_REQUESTED`.',
  fields: (t) => ({
    fullName: t.string({
      nullable: true,
      description: 'FULL_NAME: the whole name as the document has it, such as `Ada Lovelace`.',
      resolve: (shared) => read(shared, 'FULL_NAME'),
    }),
    givenName: t.string({
      nullable: true,
      description: 'GIVEN_NAME: the given names, such as `Ada`.',
      resolve: (shared) => read(shared, 'GIVEN_NAME'),
    }),
    familyName: t.string({
      nullable: true,
      description: 'FAMILY_NAME: the family name, such as `Lovelace`.',
      resolve: (shared) => read(shared, 'FAMILY_NAME'),
    }),
    dateOfBirth: t.field({
      type: 'Date',
      nullable: true,
      description: 'DATE_OF_BIRTH: the birth date, such as `1990-04-23`.',
      resolve: (shared) => read(shared, 'DATE_OF_BIRTH'),
    }),
    ageOver: t.boolean({
      nullable: true,
      description:
        'Whether the person has completed this many years today (UTC). Answered from an age fact or the birth date, which it does not reveal; null where neither answers it.',
      args: { years: t.arg.int({ required: true, description: 'Completed years, such as 18; 1 to 150.' }) },
      resolve: ({ facts, policy, now }, { years }) => {
        if (years < 1 || years > maxYears)
          throw new RequestError('BAD_USER_INPUT', `years: give 1 to ${maxYears}, and not ${years}.`)
        if (!policy.facts.some(isAgeFact)) throw notRequested('an age or the birth date', policy)
        return ageOver(facts, years, now)
      },
    }),
    nationality: t.field({
      type: 'CountryCode',
      nullable: true,
      description: 'NATIONALITY: the country of which the person is a national, such as `UA`.',
      resolve: (shared) => read(shared, 'NATIONALITY'),
    }),
    address: t.field({
      type: PostalAddressRef,
      nullable: true,
      description: 'ADDRESS: the postal address.',
      resolve: (shared) => read(shared, 'ADDRESS'),
    }),
    documentNumber: t.string({
      nullable: true,
      description: 'DOCUMENT_NUMBER: of the passport or identity card, as printed there.',
      resolve: (shared) => read(shared, 'DOCUMENT_NUMBER'),
    }),
    taxNumber: t.string({
      nullable: true,
      description: 'TAX_NUMBER: the number under which the person is known to the tax office.',
      resolve: (shared) => read(shared, 'TAX_NUMBER'),
    }),
    email: t.field({
      type: 'EmailAddress',
      nullable: true,
      description: 'EMAIL: the e-mail address.',
      resolve: (shared) => read(shared, 'EMAIL'),
    }),
    phone: t.string({
      nullable: true,
      description: 'PHONE: the phone number, as Portmone writes it.',
      resolve: (shared) => read(shared, 'PHONE'),
    }),
    provenAt: t.field({
      type: 'DateTime',
      description: 'When Portmone proved them.',
      resolve: ({ facts }) => facts.provenAt,
    }),
  }),
})
