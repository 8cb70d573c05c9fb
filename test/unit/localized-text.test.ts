import { expect, test } from 'vitest'
import { localize } from '../../server/share-requests/localized-text.ts'

const text = 'To open an account.'

test.each([
  ['uk', 'Щоб відкрити рахунок.'],
  ['UK-ua', 'Щоб відкрити рахунок.'],
  ['uk-Cyrl-UA', 'Щоб відкрити рахунок.'],
  ['de-AT', 'Um ein Konto zu eröffnen.'],
  ['de-CH', 'Um ein Konto zu eroeffnen.'],
  ['de-CH-1996', 'Um ein Konto zu eroeffnen.'],
  ['pl', text],
  ['ukr', text],
  ['', text],
  ['uk_UA', text],
  ['constructor', text],
  [null, text],
  [undefined, text],
])('in %j: %s', (language, expected) => {
  const byLanguage = {
    en: text,
    uk: 'Щоб відкрити рахунок.',
    de: 'Um ein Konto zu eröffnen.',
    'de-ch': 'Um ein Konto zu eroeffnen.',
  }
  expect(localize({ text, byLanguage }, language)).toBe(expected)
})

test('a single text applies to all languages', () => {
  expect(localize({ text }, 'uk')).toBe(text)
})
