import { expect, test } from 'vitest'
import { purposeIn } from '../../server/share-requests/purpose.ts'

const purpose = 'To open an account.'

test.each([
  ['uk', 'Щоб відкрити рахунок.'],
  ['UK-ua', 'Щоб відкрити рахунок.'],
  ['uk-Cyrl-UA', 'Щоб відкрити рахунок.'],
  ['de-AT', 'Um ein Konto zu eröffnen.'],
  ['de-CH', 'Um ein Konto zu eroeffnen.'],
  ['de-CH-1996', 'Um ein Konto zu eroeffnen.'],
  ['pl', purpose],
  ['ukr', purpose],
  ['', purpose],
  ['uk_UA', purpose],
  ['constructor', purpose],
])('in "%s": %s', (language, text) => {
  const purposeByLanguage = {
    en: purpose,
    uk: 'Щоб відкрити рахунок.',
    de: 'Um ein Konto zu eröffnen.',
    'de-ch': 'Um ein Konto zu eroeffnen.',
  }
  expect(purposeIn({ purpose, purposeByLanguage }, language)).toBe(text)
})

test('one text is for all languages', () => {
  expect(purposeIn({ purpose }, 'uk')).toBe(purpose)
})
