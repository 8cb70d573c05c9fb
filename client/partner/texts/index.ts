import type { Locale } from '../../ui/locales.ts'
import { en } from './en.ts'
import { uk } from './uk.ts'

export type PartnerTexts = typeof en

const texts: Record<Locale, PartnerTexts> = { en, uk }

/** The texts of the partner's overview. Those of results, facts, verdicts and problems are named as in the API. */
export const partnerTexts = (locale: Locale) => texts[locale]
