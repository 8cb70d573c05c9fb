import type { FactKind } from '../generated/graphql.ts'
import type { Locale } from './locales.ts'
import { factLabels as en } from './texts/en.ts'
import { factLabels as uk } from './texts/uk.ts'

/** What customers call each fact, in every language. */
export const factLabels: Record<Locale, Readonly<Record<FactKind, string>>> = { en, uk }
