import type { Locale } from './define-messages.ts'

/** Words for names that an operator gives in the policies file, by name: of policies and of checks. */
export type Names = Readonly<Record<string, string>>

/** Those of the sample policies. A page with policies of its own brings its own words. */
export const sampleNames: Record<Locale, Names> = {
  en: {
    'age-over-18': 'Confirm that you are an adult',
    'kyc-basic': 'Open an account',
    'kyc-full': 'Apply for a loan',
    adult: 'You are an adult',
    'name-proven': 'Your name is proven',
    'nationality-served': 'Your nationality is one that we serve',
    'document-proven': 'Your document is proven',
    'tax-number-proven': 'Your tax number is proven',
  },
  uk: {
    'age-over-18': 'Підтвердити повноліття',
    'kyc-basic': 'Відкрити рахунок',
    'kyc-full': 'Подати заявку на кредит',
    adult: 'Ви повнолітня особа',
    'name-proven': 'Ваше ім’я підтверджено',
    'nationality-served': 'Ми працюємо з вашим громадянством',
    'document-proven': 'Ваш документ підтверджено',
    'tax-number-proven': 'Ваш податковий номер підтверджено',
  },
}

/** `name` in words; one without words is shown as it reads, without its dashes. */
export const nameIn = (names: Names, name: string) => names[name] ?? inWords(name)

/** A name such as `tax-number-proven` or `DATE_OF_BIRTH`, as a text. */
export function inWords(name: string) {
  const words = name.toLowerCase().replaceAll(/[-_]+/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
