import type { FactKind } from '../../generated/graphql.ts'

/** What customers call each fact. */
export const factLabels: Record<FactKind, string> = {
  FULL_NAME: 'Full name',
  GIVEN_NAME: 'Given name',
  FAMILY_NAME: 'Family name',
  DATE_OF_BIRTH: 'Date of birth',
  AGE_OVER_18: 'That you are over 18',
  AGE_OVER_21: 'That you are over 21',
  NATIONALITY: 'Nationality',
  ADDRESS: 'Address',
  DOCUMENT_NUMBER: 'Document number',
  TAX_NUMBER: 'Tax number',
  EMAIL: 'Email address',
  PHONE: 'Phone number',
}
