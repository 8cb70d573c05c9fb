import { createContext, useContext } from 'react'
import type { Locale } from '../ui/locales.ts'
import type { VerificationTexts } from './texts/index.ts'

interface TextsContextValue {
  locale: Locale
  t: VerificationTexts
  /** Whom the customer shares facts with; null if the page does not say. */
  partner: string | null
}

export const TextsContext = createContext<TextsContextValue | null>(null)

/** The texts in the verification's language. */
export function useTexts(): TextsContextValue {
  const texts = useContext(TextsContext)
  if (texts === null) throw new Error('A view of the verification must be inside <Verification>.')
  return texts
}
