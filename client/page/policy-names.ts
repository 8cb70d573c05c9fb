import type { Locale } from '../ui/locales.ts'

/** Names of the sample policies. Any other policy is shown by its humanized name. */
export const policyNames: Record<Locale, Readonly<Record<string, string>>> = {
  en: {
    'age-over-18': 'Confirm that you are an adult',
    'kyc-basic': 'Open an account',
    'kyc-full': 'Apply for a loan',
  },
  uk: {
    'age-over-18': 'Підтвердити повноліття',
    'kyc-basic': 'Відкрити рахунок',
    'kyc-full': 'Подати заявку на кредит',
  },
}
