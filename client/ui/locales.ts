export const locales = ['en', 'uk'] as const
/** A language that has texts. */
export type Locale = (typeof locales)[number]
