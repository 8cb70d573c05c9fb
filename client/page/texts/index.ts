import type { Locale } from '../../ui/locales.ts'
import { en } from './en.ts'
import { uk } from './uk.ts'

export type PageTexts = typeof en

const texts: Record<Locale, PageTexts> = { en, uk }

/** The texts of the page around the verification. */
export const pageTexts = (locale: Locale) => texts[locale]
