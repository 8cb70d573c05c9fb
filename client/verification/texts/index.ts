import { useEffect, useState } from 'react'
import type { Locale } from '../../ui/locales.ts'
import { en } from './en.ts'

export type VerificationTexts = typeof en

export interface LoadedTexts {
  locale: Locale
  texts: VerificationTexts
}

const english: LoadedTexts = { locale: 'en', texts: en }
const loaders: Record<Exclude<Locale, 'en'>, () => Promise<VerificationTexts>> = {
  uk: async () => (await import('./uk.ts')).uk,
}
const cache = new Map<Locale, LoadedTexts>([['en', english]])

async function load(locale: Locale): Promise<LoadedTexts> {
  const loaded = cache.get(locale) ?? (locale === 'en' ? english : { locale, texts: await loaders[locale]() })
  cache.set(locale, loaded)
  return loaded
}

/**
 * The texts in `locale`. English is there at once; another language is loaded first, and null until then or the language
 * shown before. If it cannot be loaded, English is used.
 */
export function useVerificationTexts(locale: Locale): LoadedTexts | null {
  const [shown, setShown] = useState<LoadedTexts | null>(null)
  useEffect(() => {
    let isCurrent = true
    const show = (loaded: LoadedTexts) => isCurrent && setShown(loaded)
    load(locale).then(show, () => show(english))
    return () => {
      isCurrent = false
    }
  }, [locale])
  return cache.get(locale) ?? shown
}
