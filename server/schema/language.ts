/** The optional argument `language` of a text that is there in several. */
export const languageArgument = {
  type: 'String',
  description:
    "The customer's language as a BCP 47 tag, such as `uk` or `en-GB`. Where there is no text in it, the answer is the one in its base language (`uk` for `uk-UA`), else the default text, which also stands where no language is given.",
} as const
