import type { FactKind } from '../../generated/graphql.ts'

export const factLabels: Record<FactKind, string> = {
  FULL_NAME: 'Повне ім’я',
  GIVEN_NAME: 'Ім’я',
  FAMILY_NAME: 'Прізвище',
  DATE_OF_BIRTH: 'Дата народження',
  AGE_OVER_18: 'Що вам виповнилося 18 років',
  AGE_OVER_21: 'Що вам виповнився 21 рік',
  NATIONALITY: 'Громадянство',
  ADDRESS: 'Адреса',
  DOCUMENT_NUMBER: 'Номер документа',
  TAX_NUMBER: 'Податковий номер',
  EMAIL: 'Електронна адреса',
  PHONE: 'Номер телефону',
}
