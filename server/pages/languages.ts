import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import { en } from './texts/en.ts'
import { uk } from './texts/uk.ts'

/** The secure page's texts in one language. */
export type Texts = { readonly [text in keyof typeof en]: string }

/** By BCP 47 tag. */
const texts = { en, uk } satisfies Record<string, Texts>
export type Language = keyof typeof texts

const fallback = 'en' satisfies Language

export const textsIn = (language: Language): Texts => texts[language]

/** The language of this tag: `uk` for `uk-UA`; null if there are no texts in it. */
export function languageNamed(tag: string | null | undefined): Language | null {
  const name = tag?.toLowerCase().split('-', 1)[0]
  return Object.keys(texts).find((language): language is Language => language === name) ?? null
}

/** `chosen`, or the language that the browser prefers; sets the response's headers. */
export function negotiateLanguage(context: Context, chosen: Language | null): Language {
  const language = chosen ?? accepted(context)
  context.header('content-language', language)
  context.header('vary', 'Accept-Language', { append: true })
  return language
}

function accepted(context: Context): Language {
  const name = accepts(context, {
    header: 'Accept-Language',
    supports: Object.keys(texts),
    default: fallback,
    match: (ranges) =>
      [...ranges]
        .sort((a, b) => b.q - a.q)
        .filter(({ q }) => q > 0)
        .map(({ type }) => languageNamed(type))
        .find((language) => language !== null) ?? fallback,
  })
  return languageNamed(name) ?? fallback
}
