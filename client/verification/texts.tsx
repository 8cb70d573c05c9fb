import { createContext, use } from 'react'
import type { Locale } from './messages/define-messages.ts'
import type { Messages } from './messages/index.ts'

/** All words that a view needs, in the language of the verification. */
export interface Texts {
  locale: Locale
  t: Messages
  /** With whom facts are shared; null if the page does not say. */
  partner: string | null
}

export const TextsContext = createContext<Texts | null>(null)

export function useTexts(): Texts {
  const texts = use(TextsContext)
  if (texts === null) throw new Error('A view of the verification stands outside of <Verification>.')
  return texts
}

/** Such as "5 seconds" or "2 minutes". */
export function durationIn(locale: Locale, seconds: number) {
  const [amount, unit] = seconds < 120 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute']
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(amount)
}
