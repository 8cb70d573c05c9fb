import { createI18n, type Translations } from '@nanostores/i18n'
import { atom } from 'nanostores'

export const locales = ['en', 'uk'] as const
export type Locale = (typeof locales)[number]

/** The texts of a language other than English, `{parameters}` included. */
export type Catalogue<Base extends Translations> = Readonly<Record<keyof Base, string>>

/** English texts and their translations, as a function that gives the texts of one language. */
export function defineMessages<Base extends Translations>(
  en: Base,
  translations: Record<Exclude<Locale, 'en'>, Catalogue<Base>>,
): (locale: Locale) => Base {
  const made = new Map<Locale, Base>()
  const make = (locale: Locale) =>
    createI18n<Locale, 'en'>(atom(locale), {
      baseLocale: 'en',
      cache: { en: {}, uk: { texts: { ...translations.uk } } },
      get: async () => ({}),
    })('texts', en).get()
  return (locale) => {
    const texts = made.get(locale) ?? make(locale)
    made.set(locale, texts)
    return texts
  }
}
