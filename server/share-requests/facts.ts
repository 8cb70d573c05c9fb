export interface PostalAddress {
  street?: string | undefined
  city?: string | undefined
  postalCode?: string | undefined
  region?: string | undefined
  /** ISO 3166-1 alpha-2. */
  country?: string | undefined
}

/** The types that a fact's value can have. */
interface FactTypes {
  text: string
  /** YYYY-MM-DD. */
  date: string
  /** ISO 3166-1 alpha-2, and XK for Kosovo. */
  country: string
  email: string
  address: PostalAddress
  /** Whether the person is at least `years` old. Has no field of its own in the schema, which offers `ageOver`. */
  age: boolean
}

interface FactDefinition {
  /** The field of IdentityFacts that holds the fact. */
  field: string
  type: keyof FactTypes
  description: string
  /** Of type `age`: completed years. */
  years?: number
}

/** Every kind of identity fact that a policy can ask for. The schema's enum and fields are made from this table. */
export const factDefinitions = {
  FULL_NAME: {
    field: 'fullName',
    type: 'text',
    description: 'Full name as printed on the document, such as `Ada Lovelace`.',
  },
  GIVEN_NAME: { field: 'givenName', type: 'text', description: 'Given names, such as `Ada`.' },
  FAMILY_NAME: { field: 'familyName', type: 'text', description: 'Family name, such as `Lovelace`.' },
  DATE_OF_BIRTH: {
    field: 'dateOfBirth',
    type: 'date',
    description:
      'Date of birth, such as `1990-04-23`. Where only an age matters, AGE_OVER_18 and AGE_OVER_21 reveal less. Some documents state only a year, or a year and a month: `dateOfBirth` is then null, and `ageOver` still answers where every possible birthday gives the same answer.',
  },
  AGE_OVER_18: {
    field: 'ageOver18',
    type: 'age',
    years: 18,
    description: 'Whether the person is 18 or older. Does not reveal the date of birth.',
  },
  AGE_OVER_21: {
    field: 'ageOver21',
    type: 'age',
    years: 21,
    description: 'Whether the person is 21 or older. Does not reveal the date of birth.',
  },
  NATIONALITY: {
    field: 'nationality',
    type: 'country',
    description:
      'Country of which the person is a national, such as `UA`. Null for people without one, such as stateless people.',
  },
  ADDRESS: { field: 'address', type: 'address', description: 'Postal address.' },
  DOCUMENT_NUMBER: {
    field: 'documentNumber',
    type: 'text',
    description: 'Number of the passport or identity card, as printed on it.',
  },
  TAX_NUMBER: { field: 'taxNumber', type: 'text', description: 'Taxpayer identification number.' },
  EMAIL: { field: 'email', type: 'email', description: 'Email address.' },
  PHONE: { field: 'phone', type: 'text', description: 'Phone number as the issuer states it.' },
} as const satisfies Record<string, FactDefinition>

export type FactKind = keyof typeof factDefinitions
export const factKinds = Object.keys(factDefinitions) as [FactKind, ...FactKind[]]

type FieldOf<K extends FactKind> = (typeof factDefinitions)[K]['field']
export type FactValue<K extends FactKind> = FactTypes[(typeof factDefinitions)[K]['type']]

/** What the customer shared, as the issuer proved it. A fact that was requested may still be missing. Never stored. */
export type IdentityFacts = { [K in FactKind as FieldOf<K>]?: FactValue<K> | undefined } & {
  /** The known part of a date of birth whose day, or month and day, are unknown: YYYY-MM or YYYY. */
  partialDateOfBirth?: string | undefined
  /** Milliseconds since the epoch. */
  provenAt: number
}

const ageFacts = Object.values(factDefinitions).filter((fact) => fact.type === 'age')

export const isAgeFact = (kind: FactKind) => kind === 'DATE_OF_BIRTH' || factDefinitions[kind].type === 'age'

/** Whether a check of `years` can pass by this fact: being over 18 does not prove being over 21. */
export function canDecideAge(kind: FactKind, years: number): boolean {
  const fact = factDefinitions[kind]
  return fact.type === 'date' || (fact.type === 'age' && fact.years >= years)
}

/**
 * Whether the person is at least `years` old at `now`; null if neither an age fact nor the date of birth answers that.
 * Someone over 21 is over 18 too, and someone not over 18 is not over 21.
 */
export function ageOver(facts: IdentityFacts, years: number, now: number): boolean | null {
  for (const fact of ageFacts) {
    const value = facts[fact.field]
    if (value === true && years <= fact.years) return true
    if (value === false && years >= fact.years) return false
  }
  const dateOfBirth = facts.dateOfBirth ?? facts.partialDateOfBirth
  if (dateOfBirth === undefined) return null
  const [first, last] = possibleBirthdays(dateOfBirth)
  const ifFirst = ageAt(first, now) >= years
  return ifFirst === ageAt(last, now) >= years ? ifFirst : null
}

/** The first and the last day that YYYY, YYYY-MM or YYYY-MM-DD can mean. */
function possibleBirthdays(date: string): [Date, Date] {
  const [year = 0, month, day] = date.split('-').map(Number)
  if (month === undefined) return [utcDay(year, 1, 1), utcDay(year, 12, 31)]
  // Day 0 of the next month is the last day of this one.
  if (day === undefined) return [utcDay(year, month, 1), utcDay(year, month + 1, 0)]
  return [utcDay(year, month, day), utcDay(year, month, day)]
}

const utcDay = (year: number, month: number, day: number) => new Date(Date.UTC(year, month - 1, day))

/** Completed years at `now` (UTC). Someone born on 29 February completes a year on 1 March of a common year. */
function ageAt(birth: Date, now: number): number {
  const today = new Date(now)
  const years = today.getUTCFullYear() - birth.getUTCFullYear()
  const hadBirthday =
    today.getUTCMonth() > birth.getUTCMonth() ||
    (today.getUTCMonth() === birth.getUTCMonth() && today.getUTCDate() >= birth.getUTCDate())
  return hadBirthday ? years : years - 1
}
