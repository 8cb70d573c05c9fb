/** Every kind of identity fact that a policy can ask for, with the field of IdentityFacts that holds it. */
export const factFields = {
  FULL_NAME: 'fullName',
  GIVEN_NAME: 'givenName',
  FAMILY_NAME: 'familyName',
  DATE_OF_BIRTH: 'dateOfBirth',
  AGE_OVER_18: 'ageOver18',
  AGE_OVER_21: 'ageOver21',
  NATIONALITY: 'nationality',
  ADDRESS: 'address',
  DOCUMENT_NUMBER: 'documentNumber',
  TAX_NUMBER: 'taxNumber',
  EMAIL: 'email',
  PHONE: 'phone',
} as const satisfies Record<string, keyof IdentityFacts>

export type FactKind = keyof typeof factFields
export const factKinds = Object.keys(factFields) as [FactKind, ...FactKind[]]

export interface PostalAddress {
  street?: string | undefined
  city?: string | undefined
  postalCode?: string | undefined
  region?: string | undefined
  /** ISO 3166-1 alpha-2. */
  country?: string | undefined
}

/** What the customer shared, as the issuer proved it. A fact that was asked may still be missing. Never stored. */
export interface IdentityFacts {
  fullName?: string | undefined
  givenName?: string | undefined
  familyName?: string | undefined
  /** YYYY-MM-DD. */
  dateOfBirth?: string | undefined
  ageOver18?: boolean | undefined
  ageOver21?: boolean | undefined
  /** ISO 3166-1 alpha-2. */
  nationality?: string | undefined
  address?: PostalAddress | undefined
  documentNumber?: string | undefined
  taxNumber?: string | undefined
  email?: string | undefined
  phone?: string | undefined
  /** Milliseconds since the epoch. */
  provenAt: number
}

/** The ages that have a fact of their own, with the field that answers each. */
const ageFacts = [
  { kind: 'AGE_OVER_18', years: 18, field: 'ageOver18' },
  { kind: 'AGE_OVER_21', years: 21, field: 'ageOver21' },
] as const

export const isAgeFact = (kind: FactKind) =>
  kind === 'DATE_OF_BIRTH' || ageFacts.some((fact) => fact.kind === kind)

/**
 * Whether the person is at least `years` old at `now`; null where neither an age fact nor the birth date tells.
 * Someone over 21 is over 18 too, and someone not over 18 is not over 21.
 */
export function ageOver(facts: IdentityFacts, years: number, now: number): boolean | null {
  for (const fact of ageFacts) {
    const value = facts[fact.field]
    if (value === true && years <= fact.years) return true
    if (value === false && years >= fact.years) return false
  }
  if (facts.dateOfBirth === undefined) return null
  return ageAt(facts.dateOfBirth, now) >= years
}

/** Completed years at `now` (UTC). Someone born on 29 February completes a year on 1 March of a common year. */
function ageAt(dateOfBirth: string, now: number): number {
  const birth = new Date(`${dateOfBirth}T00:00:00Z`)
  const today = new Date(now)
  const years = today.getUTCFullYear() - birth.getUTCFullYear()
  const hadBirthday =
    today.getUTCMonth() > birth.getUTCMonth() ||
    (today.getUTCMonth() === birth.getUTCMonth() && today.getUTCDate() >= birth.getUTCDate())
  return hadBirthday ? years : years - 1
}
