import * as z from 'zod'
import { AcceptableText } from './acceptable-text.ts'

const text = AcceptableText.trim().min(1, 'must not be empty').max(500, 'must be at most 500 characters')

/** A BCP 47 tag in lower case; undefined if `key` is not one. */
function languageOf(key: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(key)[0]?.toLowerCase()
  } catch {
    return undefined
  }
}

const byLanguage = z.record(z.string(), text).superRefine((texts, context) => {
  const keys = Object.keys(texts)
  const languages = keys.map(languageOf)
  const fault = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
  if (keys.length === 0) fault([], 'at least one language is required, such as {"en": "…"}')
  for (const [index, key] of keys.entries()) {
    const language = languages[index]
    if (language === undefined) fault([key], 'not a BCP 47 language tag, such as "uk" or "en-GB"')
    else if (languages.indexOf(language) !== index) fault([key], `duplicate language "${language}"`)
  }
})

/** A text that customers read. It is stored with share requests, so existing fields keep their shape. */
export interface LocalizedText {
  /** For callers that name no language: the English text, else the first. */
  text: string
  /** By BCP 47 tags in lower case; absent if there is one text for all. */
  byLanguage?: Readonly<Record<string, string>> | undefined
}

/** As written in the policies file: one text, or an object with one for each language. */
export const LocalizedTextInput = z
  .union([text, byLanguage], {
    error: 'must be a text, or an object with a text for each language, such as {"en": "…", "uk": "…"}',
  })
  .transform((inFile): LocalizedText => {
    if (typeof inFile === 'string') return { text: inFile }
    const texts = Object.entries(inFile).map(([key, text]) => [languageOf(key) ?? key, text] as const)
    const [, text = ''] = texts.find(([language]) => isWithin(language, 'en')) ?? texts[0] ?? []
    return { text, byLanguage: Object.fromEntries(texts) }
  })

/**
 * The text in the language of a BCP 47 tag, else in the closest that contains it (`uk` for `uk-UA`), else the one for
 * callers that name no language.
 */
export function localize({ text, byLanguage = {} }: LocalizedText, language?: string | null): string {
  if (language == null) return text
  const wanted = language.toLowerCase()
  const [closest] = Object.entries(byLanguage)
    .filter(([known]) => isWithin(wanted, known))
    .toSorted(([a], [b]) => b.length - a.length)
  return closest?.[1] ?? text
}

const isWithin = (language: string, wider: string) => `${language}-`.startsWith(`${wider}-`)
