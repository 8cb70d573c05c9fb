import { useSyncExternalStore } from 'react'
import { type Locale, locales } from './locales.ts'

/** The first of the browser's languages that has texts; English if none has. */
export function browserLocale(): Locale {
  const languages = navigator.languages.map((tag) => tag.split('-')[0])
  return languages.flatMap((language) => locales.filter((locale) => locale === language))[0] ?? 'en'
}

/** The browser's language; English while a server renders. */
export const useBrowserLocale = (): Locale => useSyncExternalStore(subscribe, browserLocale, () => 'en')

function subscribe(onChange: () => void) {
  window.addEventListener('languagechange', onChange)
  return () => window.removeEventListener('languagechange', onChange)
}
