import { type Locale, locales } from './define-messages.ts'

/** The first of the browser's languages that there are texts in; else English. */
export function browserLocale(): Locale {
  const known = navigator.languages.map((language) => language.split('-')[0])
  return known.flatMap((language) => locales.filter((locale) => locale === language))[0] ?? 'en'
}
