import type { Locale } from '../../ui/locales.ts'
import { en } from './en.ts'
import { uk } from './uk.ts'

export type VerificationTexts = typeof en

const texts: Record<Locale, VerificationTexts> = { en, uk }

export const verificationTexts = (locale: Locale) => texts[locale]
