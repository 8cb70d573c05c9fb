import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { readPolicies } from '../../server/share-requests/policies.ts'
import { samplePolicy } from './samples.ts'

const folder = mkdtempSync(join(tmpdir(), 'policies-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileOf(content: unknown): string {
  const file = join(folder, 'policies.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

test('the sample policies are policies', () => {
  const file = new URL('../../server/share-requests/sample-policies.json', import.meta.url)
  const policies = readPolicies(fileURLToPath(file))
  expect(policies.map(({ name, access }) => `${name} ${access}`)).toEqual([
    'age-over-18 PUBLIC',
    'kyc-basic PUBLIC',
    'kyc-full PARTNER',
  ])
})

test('a good file is read as it is', () => {
  expect(readPolicies(fileOf([samplePolicy]))).toEqual([samplePolicy])
})

test.each<[string, unknown, RegExp]>([
  ['malformed JSON', '[{', /policies\.json: .*JSON/],
  ['no list', samplePolicy, /expected array/],
  ['an empty list', [], /the file: .*>=1/],
  [
    'an unknown fact',
    [{ ...samplePolicy, facts: ['SHOE_SIZE'] }],
    /\[0\]\["facts"\]\[0\]: unknown fact "SHOE_SIZE"; known: FULL_NAME/,
  ],
  ['a name twice', [samplePolicy, samplePolicy], /\[1\]\["name"\]: the policy "kyc-basic" is there twice/],
  [
    'a fact twice',
    [{ ...samplePolicy, facts: [...samplePolicy.facts, 'FULL_NAME'] }],
    /FULL_NAME is there twice/,
  ],
  [
    'a check twice',
    [{ ...samplePolicy, checks: [...samplePolicy.checks, samplePolicy.checks[0]] }],
    /"name-proven" is there twice/,
  ],
  [
    'a check of a fact that is not asked',
    [{ ...samplePolicy, facts: ['FULL_NAME', 'NATIONALITY'] }],
    /check "adult" needs a fact/,
  ],
  ['a check without a rule', [{ ...samplePolicy, checks: [{ name: 'adult' }] }], /exactly one of ageOver/],
  [
    'a check with two rules',
    [{ ...samplePolicy, checks: [{ name: 'adult', ageOver: 18, proven: 'FULL_NAME' }] }],
    /exactly one of ageOver/,
  ],
  ['an unknown field', [{ ...samplePolicy, lifespan: 3 }], /Unrecognized key: "lifespan"/],
  [
    'a purpose in no language',
    [{ ...samplePolicy, purpose: {} }],
    /\["purpose"\]: name a language at least, such as \{"en": "…"\}/,
  ],
  [
    'a purpose in what is no language',
    [{ ...samplePolicy, purpose: { uk_UA: 'Щоб відкрити рахунок.' } }],
    /\["purpose"\]\["uk_UA"\]: this is no language; use a BCP 47 tag, such as "uk" or "en-GB"/,
  ],
  [
    'a purpose in a language twice',
    [{ ...samplePolicy, purpose: { 'en-GB': 'To open an account.', 'en-gb': 'To open it.' } }],
    /\["purpose"\]\["en-gb"\]: the language "en-gb" is there twice/,
  ],
  [
    'a purpose that is empty',
    [{ ...samplePolicy, purpose: { en: 'To open an account.', uk: ' ' } }],
    /\["purpose"\]\["uk"\]: .*>=1/,
  ],
  [
    'a purpose that is no text',
    [{ ...samplePolicy, purpose: ['To open an account.'] }],
    /\["purpose"\]: a purpose is a text, or an object with a text for each language/,
  ],
  ['a lifetime too short', [{ ...samplePolicy, lifetime: 1 }], /\["lifetime"\]: .*>=30/],
  [
    'a name that is none',
    [{ ...samplePolicy, name: 'Kyc Basic' }],
    /lower-case letters, digits and single dashes/,
  ],
])('%s is refused with the place and the mend', (_, content, message) => {
  const read = () => readPolicies(fileOf(content))
  expect(read).toThrow(message)
  expect(read).toThrow(expect.objectContaining({ name: 'PoliciesFileError' }))
})

test('a purpose in several languages: the English one is the default, and languages are told apart in lower case', () => {
  const purpose = { uk: ' Щоб відкрити рахунок. ', 'en-GB': 'To open an account.' }
  expect(readPolicies(fileOf([{ ...samplePolicy, purpose }]))).toEqual([
    {
      ...samplePolicy,
      purpose: 'To open an account.',
      purposeByLanguage: { uk: 'Щоб відкрити рахунок.', 'en-gb': 'To open an account.' },
    },
  ])
})

test('without an English purpose the first one is the default', () => {
  const purpose = { uk: 'Щоб відкрити рахунок.', pl: 'Aby otworzyć konto.' }
  expect(readPolicies(fileOf([{ ...samplePolicy, purpose }]))[0]?.purpose).toBe('Щоб відкрити рахунок.')
})

test('a missing file is named', () => {
  expect(() => readPolicies(join(folder, 'nowhere.json'))).toThrow(/nowhere\.json: ENOENT/)
})

test('every fault of a file is named at once', () => {
  const faulty = [
    { ...samplePolicy, facts: ['SHOE_SIZE'] },
    { ...samplePolicy, lifetime: 0 },
  ]
  expect(() => readPolicies(fileOf(faulty))).toThrow(/SHOE_SIZE[\s\S]*lifetime/)
})
