import * as z from 'zod'

const text = z.string().trim().min(1).max(500)

/** A BCP 47 tag in lower case; undefined where `key` is none. */
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
  if (keys.length === 0) fault([], 'name a language at least, such as {"en": "…"}')
  for (const [index, key] of keys.entries()) {
    const language = languages[index]
    if (language === undefined) fault([key], 'this is no language; use a BCP 47 tag, such as "uk" or "en-GB"')
    else if (languages.indexOf(language) !== index) fault([key], `the language "${language}" is there twice`)
  }
})

/** Why facts are asked, as the policies file has it: one text, or one for each language. */
export const PurposeInFile = z.union([text, byLanguage], {
  error: 'a purpose is a text, or an object with a text for each language, such as {"en": "…", "uk": "…"}',
})

export interface Purpose {
  /** For whoever names no language, Portmone among them: the English text, else the first. */
  purpose: string
  /** By BCP 47 tags in lower case; not there where there is one text for all. */
  purposeByLanguage?: Readonly<Record<string, string>>
}

export function purposeOf(inFile: z.infer<typeof PurposeInFile>): Purpose {
  if (typeof inFile === 'string') return { purpose: inFile }
  const texts = Object.entries(inFile).map(([key, text]) => [languageOf(key) ?? key, text] as const)
  const [, purpose = ''] = texts.find(([language]) => isWithin(language, 'en')) ?? texts[0] ?? []
  return { purpose, purposeByLanguage: Object.fromEntries(texts) }
}

/** The text in the language of a BCP 47 tag, else in the closest that it is within, as `uk` for `uk-UA`, else the default. */
export function purposeIn({ purpose, purposeByLanguage = {} }: Purpose, language: string): string {
  const wanted = language.toLowerCase()
  const [closest] = Object.entries(purposeByLanguage)
    .filter(([known]) => isWithin(wanted, known))
    .toSorted(([a], [b]) => b.length - a.length)
  return closest?.[1] ?? purpose
}

const isWithin = (language: string, wider: string) => `${language}-`.startsWith(`${wider}-`)
