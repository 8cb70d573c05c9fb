import { createContext, use } from 'react'
import type { Locale } from '../ui/locales.ts'
import { partnerTexts } from './texts/index.ts'

export const LocaleContext = createContext<Locale>('en')

/** The texts in the language of the page. */
export function useTexts() {
  const locale = use(LocaleContext)
  return { locale, t: partnerTexts(locale) }
}

const formats = new Map<Locale, Intl.DateTimeFormat>()

/** A moment to the second in the reader's time zone, which it names. */
export function momentIn(locale: Locale, dateTime: string): string {
  let format = formats.get(locale)
  if (format === undefined) {
    // With the browser's region, where it has one for this language.
    const tag = navigator.languages.find((language) => language.split('-')[0] === locale) ?? locale
    format = new Intl.DateTimeFormat(tag, {
      ...{ day: 'numeric', month: 'short', year: 'numeric' },
      ...{ hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'short' },
    })
    formats.set(locale, format)
  }
  return format.format(new Date(dateTime))
}

export const numberIn = (locale: Locale, value: number) => new Intl.NumberFormat(locale).format(value)
