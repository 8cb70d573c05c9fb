import { createContext, use } from 'react'
import type { Locale } from '../ui/locales.ts'
import { partnerTexts } from './texts.ts'

export const LocaleContext = createContext<Locale>('en')

/** The texts in the language of the page. */
export function useTexts() {
  const locale = use(LocaleContext)
  return { locale, t: partnerTexts(locale) }
}

/** A moment, to the second, as the language writes it. */
export const momentIn = (locale: Locale, dateTime: string) =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(dateTime))
