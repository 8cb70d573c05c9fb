import type { Locale } from '../ui/locales.ts'
import { en } from '../verification/texts/en.ts'
import type { VerificationTexts } from '../verification/texts/index.ts'
import { uk } from '../verification/texts/uk.ts'

const texts: Record<Locale, VerificationTexts> = { en, uk }

/** The verification's texts in `locale`. */
export const verificationTexts = (locale: Locale) => texts[locale]
