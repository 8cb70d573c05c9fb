/** The optional argument `language` of a text that exists in several languages. */
export const languageArgument = {
  type: 'String',
  description:
    "The customer's language as a BCP 47 tag, such as `uk` or `en-GB`. Falls back to its base language (`uk` for `uk-UA`), then to the default text. The default text is also returned if no language is given.",
} as const
