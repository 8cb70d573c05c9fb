import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import {
  checkLabelIn,
  devicesOf,
  purposeOnPhone,
  readPolicies,
} from '../../server/share-requests/policies.ts'
import { samplePolicy } from './samples.ts'

const folder = mkdtempSync(join(tmpdir(), 'policies-'))
afterAll(() => rmSync(folder, { recursive: true }))

function fileOf(content: unknown): string {
  const file = join(folder, 'policies.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

/** A file with a policy whose age check has this label. */
function withLabel(label: unknown) {
  const [nameProven] = samplePolicy.checks
  return [{ ...samplePolicy, checks: [nameProven, { name: 'adult', label, ageOver: 18 }] }]
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

test('a valid file is read as it is', () => {
  const policies = [samplePolicy, { ...samplePolicy, name: 'same-device', devices: 'SAME' as const }]
  expect(readPolicies(fileOf(policies))).toEqual(policies)
  expect(policies.map(devicesOf)).toEqual(['ANY', 'SAME'])
})

test('a byte order mark is ignored', () => {
  expect(readPolicies(fileOf(`\ufeff${JSON.stringify([samplePolicy])}`))).toEqual([samplePolicy])
})

test('every nationality that a passport can state may be checked', () => {
  const nationalityIn = ['UA', 'XK', 'GB', 'TW', 'PS', 'AX', 'BL', 'SX', 'SS']
  const policy = { ...samplePolicy, checks: [{ name: 'served', nationalityIn }] }
  expect(readPolicies(fileOf([policy]))).toEqual([policy])
})

test.each<[string, unknown, RegExp]>([
  ['malformed JSON', '[{', /policies\.json: .*JSON/],
  ['no list', samplePolicy, /must be a JSON array of policies/],
  ['an empty list', [], /the file: must hold at least one policy/],
  [
    'an unknown fact',
    [{ ...samplePolicy, facts: ['SHOE_SIZE'] }],
    /\[0\]\["facts"\]\[0\]: unknown fact "SHOE_SIZE"; known: FULL_NAME/,
  ],
  ['a name twice', [samplePolicy, samplePolicy], /\[1\]\["name"\]: duplicate policy "kyc-basic"/],
  [
    'a fact twice',
    [{ ...samplePolicy, facts: [...samplePolicy.facts, 'FULL_NAME'] }],
    /duplicate fact FULL_NAME/,
  ],
  [
    'a check twice',
    [{ ...samplePolicy, checks: [...samplePolicy.checks, samplePolicy.checks[0]] }],
    /duplicate check "name-proven"/,
  ],
  [
    'a check of a fact that is not asked',
    [{ ...samplePolicy, facts: ['FULL_NAME', 'NATIONALITY'] }],
    /check "adult" needs a fact/,
  ],
  [
    'a check of an age that no requested fact can prove',
    [{ ...samplePolicy, facts: ['AGE_OVER_18'], checks: [{ name: 'over-21', ageOver: 21 }] }],
    /check "over-21" needs a fact/,
  ],
  [
    'a nationality by a code that nobody has',
    [{ ...samplePolicy, checks: [{ name: 'british', nationalityIn: ['UA', 'UK'] }] }],
    /\["nationalityIn"\]\[1\]: use current ISO 3166-1 alpha-2 codes, such as "GB" \(got "UK"\)/,
  ],
  [
    'a check of no nationality',
    [{ ...samplePolicy, checks: [{ name: 'served', nationalityIn: [] }] }],
    /nationalityIn must name at least one country/,
  ],
  [
    'an unknown field of a check',
    [{ ...samplePolicy, checks: [{ name: 'adult', ageOver: 18, level: 1 }] }],
    /\["checks"\]\[0\]: unknown field "level"/,
  ],
  ['a check without a rule', [{ ...samplePolicy, checks: [{ name: 'adult' }] }], /exactly one of ageOver/],
  [
    'a check with two rules',
    [{ ...samplePolicy, checks: [{ name: 'adult', ageOver: 18, proven: 'FULL_NAME' }] }],
    /exactly one of ageOver/,
  ],
  ['an unknown field', [{ ...samplePolicy, lifespan: 3 }], /\[0\]: unknown field "lifespan"/],
  [
    'a purpose in no language',
    [{ ...samplePolicy, purpose: {} }],
    /\["purpose"\]: at least one language is required, such as \{"en": "…"\}/,
  ],
  [
    'a purpose in an unknown language',
    [{ ...samplePolicy, purpose: { uk_UA: 'Щоб відкрити рахунок.' } }],
    /\["purpose"\]\["uk_UA"\]: not a BCP 47 language tag, such as "uk" or "en-GB"/,
  ],
  [
    'a purpose in a language twice',
    [{ ...samplePolicy, purpose: { 'en-GB': 'To open an account.', 'en-gb': 'To open it.' } }],
    /\["purpose"\]\["en-gb"\]: duplicate language "en-gb"/,
  ],
  [
    'a purpose that is empty',
    [{ ...samplePolicy, purpose: { en: 'To open an account.', uk: ' ' } }],
    /\["purpose"\]\["uk"\]: must not be empty/,
  ],
  [
    'a purpose that is not a text',
    [{ ...samplePolicy, purpose: ['To open an account.'] }],
    /\["purpose"\]: must be a text, or an object with a text for each language/,
  ],
  [
    'a label in no language',
    withLabel({}),
    /\["checks"\]\[1\]\["label"\]: at least one language is required, such as \{"en": "…"\}/,
  ],
  [
    'a label in an unknown language',
    withLabel({ uk_UA: 'Ви повнолітня особа' }),
    /\["checks"\]\[1\]\["label"\]\["uk_UA"\]: not a BCP 47 language tag/,
  ],
  [
    'a label in a language twice',
    withLabel({ uk: 'Ви повнолітня особа', UK: 'Повнолітня особа' }),
    /\["checks"\]\[1\]\["label"\]\["UK"\]: duplicate language "uk"/,
  ],
  ['a label that is empty', withLabel(' '), /\["checks"\]\[1\]\["label"\]: must not be empty/],
  [
    'a label that is empty in a language',
    withLabel({ en: '' }),
    /\["checks"\]\[1\]\["label"\]\["en"\]: must not be empty/,
  ],
  [
    'a label that is not a text',
    withLabel(['Adult']),
    /\["checks"\]\[1\]: .*a label \(a text, or one for each language\)/,
  ],
  [
    'a lifetime too short',
    [{ ...samplePolicy, lifetime: 10 }],
    /\["lifetime"\]: lifetime must be between 30 and 86400 seconds \(got 10\)/,
  ],
  ['no lifetime', [{ ...samplePolicy, lifetime: undefined }], /86400 seconds \(got nothing\)/],
  ['a lifetime in words', [{ ...samplePolicy, lifetime: '5 min' }], /86400 seconds \(got "5 min"\)/],
  [
    'an unknown access',
    [{ ...samplePolicy, access: 'ALL' }],
    /access must be PUBLIC or PARTNER \(got "ALL"\)/,
  ],
  ['unknown devices', [{ ...samplePolicy, devices: 'OTHER' }], /devices must be ANY or SAME \(got "OTHER"\)/],
  ['a policy that is none', ['kyc-basic'], /\[0\]: must be a policy: an object with name/],
  ['no facts', [{ ...samplePolicy, facts: [] }], /facts must name at least one fact/],
  [
    'a name that is none',
    [{ ...samplePolicy, name: 'Kyc Basic' }],
    /lower-case letters, digits and single dashes/,
  ],
])('%s is refused with its place and the rule', (_, content, message) => {
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

test('a label is chosen by the language, as a purpose is; without one, the name stands in', () => {
  const label = { uk: 'Ви повнолітня особа', en: ' You are an adult ' }
  const [policy] = readPolicies(fileOf(withLabel(label)))
  const labelsIn = (language?: string) =>
    policy?.checks.map(({ name }) => checkLabelIn(policy, name, language))
  expect(labelsIn('uk-UA')).toEqual(['Name proven', 'Ви повнолітня особа'])
  expect(labelsIn('pl')).toEqual(['Name proven', 'You are an adult'])
  expect(labelsIn()).toEqual(['Name proven', 'You are an adult'])
})

test('a single label applies to all languages', () => {
  const [policy] = readPolicies(fileOf(withLabel('Over 18')))
  expect(policy && checkLabelIn(policy, 'adult', 'uk')).toBe('Over 18')
})

test('a stored check has its label besides its original fields', () => {
  const [policy] = readPolicies(fileOf(withLabel({ uk: 'Ви повнолітня особа' })))
  expect(policy?.checks[1]).toEqual({
    ...{ name: 'adult', ageOver: 18 },
    label: { text: 'Ви повнолітня особа', byLanguage: { uk: 'Ви повнолітня особа' } },
  })
})

test('the purpose on the phone begins with the host of the page', () => {
  expect(purposeOnPhone(samplePolicy, 'shop.example')).toBe('shop.example: To open an account.')
  expect(purposeOnPhone(samplePolicy, null)).toBe('To open an account.')
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
