import type { Locale } from './locales.ts'

/** Such as "5 seconds" or "2 minutes". */
export function formatDuration(locale: Locale, seconds: number) {
  const [amount, unit] = seconds < 120 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute']
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(amount)
}
