import { type GraphQLOutputType, isObjectType, isScalarType } from 'graphql'
import { describe, expect, test } from 'vitest'
import { factNames as wireNames } from '../../portmone/wire.ts'
import { countryOf } from '../../server/portmone/countries.ts'
import { factNames, readFacts } from '../../server/portmone/facts.ts'
import { schema } from '../../server/schema/index.ts'
import { factDefinitions, type IdentityFacts } from '../../server/share-requests/facts.ts'

const now = Date.UTC(2026, 10, 24, 12)

function read(facts: Record<string, unknown>) {
  const unusable: string[] = []
  const { provenAt, ...usable } = readFacts({ provenAt: '2026-11-24T10:00:00Z', facts }, now, (name) =>
    unusable.push(name),
  )
  expect(provenAt).toBe(Date.UTC(2026, 10, 24, 10))
  return { usable, unusable }
}

test('every fact of the wire belongs to one kind', () => {
  expect(Object.values(factNames).sort()).toEqual([...wireNames].sort())
})

describe('each fact is judged by itself', () => {
  test('one that cannot be used is absent, and the others stay', () => {
    const facts = {
      fullName: 'Olena',
      dateOfBirth: 'long ago',
      nationality: 7,
      ageOver18: 'yes',
      email: 'none',
    }
    expect(read(facts)).toEqual({
      usable: { fullName: 'Olena' },
      unusable: ['dateOfBirth', 'ageOver18', 'nationality', 'email'],
    })
  })

  test('a part of an address that cannot be used is absent, and the others stay', () => {
    const address = { street: 'Хрещатик 22\nкв. 7', city: 7, region: null, country: 'ZZ' }
    expect(read({ address })).toEqual({
      usable: { address: { street: 'Хрещатик 22\nкв. 7' } },
      unusable: ['address.city', 'address.country'],
    })
    expect(read({ address: { country: 'UKR' } }).usable).toEqual({ address: { country: 'UA' } })
    expect(read({ address: { city: '' } })).toEqual({ usable: {}, unusable: [] })
    expect(read({ address: 'Kyiv' })).toEqual({ usable: {}, unusable: ['address'] })
  })

  test('facts that nobody knows are left out', () => {
    expect(read(JSON.parse('{"shoeSize":43,"__proto__":{"fullName":"x"}}'))).toEqual({
      usable: {},
      unusable: [],
    })
  })
})

describe('names', () => {
  test.each([
    ['a single character', 'Ы'],
    ['combining marks', 'Йо\u0301сип Ла\u0301зар'],
    ['a joiner', 'می\u200cخواهم'],
    ['no Latin letters', '王小明'],
    ['right to left', 'أحمد بن محمد'],
    ['emoji-free supplementary characters', '𠮷野家'],
    ['an apostrophe and a hyphen', "Мар'яна О’Ніл-Ґудзь"],
    ['1,000 characters', 'Ä'.repeat(1_000)],
  ])('%s', (_, fullName) => {
    expect(read({ fullName })).toEqual({ usable: { fullName }, unusable: [] })
  })

  test.each([
    ['more than 1,000 characters', 'x'.repeat(1_001)],
    ['NUL', 'a\u0000b'],
    ['an escape sequence', 'a\u001b[31m'],
    ['a lone surrogate', 'a\ud800'],
  ])('%s cannot be used', (_, fullName) => {
    expect(read({ fullName })).toEqual({ usable: {}, unusable: ['fullName'] })
  })

  test.each([null, '', '  ', '-', '---', '***', '<<<'])(
    '%j says that someone has no such name',
    (givenName) => {
      const facts = { fullName: 'Suharto', familyName: 'Suharto', givenName }
      expect(read(facts)).toEqual({ usable: { fullName: 'Suharto', familyName: 'Suharto' }, unusable: [] })
    },
  )
})

describe('dates of birth', () => {
  test.each<[string, Partial<IdentityFacts>]>([
    ['1990-05-17', { dateOfBirth: '1990-05-17' }],
    ['2000-02-29', { dateOfBirth: '2000-02-29' }],
    ['1900-01-01', { dateOfBirth: '1900-01-01' }],
    ['2026-11-25', { dateOfBirth: '2026-11-25' }], // already that day in Kiribati
    ['1990-05-00', { partialDateOfBirth: '1990-05' }],
    ['1990-05-XX', { partialDateOfBirth: '1990-05' }],
    ['1990-05', { partialDateOfBirth: '1990-05' }],
    ['1990-00-00', { partialDateOfBirth: '1990' }],
    ['1990-XX-XX', { partialDateOfBirth: '1990' }],
    ['1990-00-17', { partialDateOfBirth: '1990' }],
    ['1990', { partialDateOfBirth: '1990' }],
    ['2026-00-00', { partialDateOfBirth: '2026' }],
  ])('%s', (dateOfBirth, usable) => {
    expect(read({ dateOfBirth })).toEqual({ usable, unusable: [] })
  })

  test.each([
    ...['1899-12-31', '1899', '0000-00-00', '2026-11-26', '2027', '2199-01-01', '1990-13-01', '1990-13-00'],
    ...[
      '1990-02-30',
      '2001-02-29',
      '17.05.1990',
      '19900517',
      '1990-5-17',
      '1990-05-17T00:00:00Z',
      '90-05-17',
    ],
  ])('%s cannot be used', (dateOfBirth) => {
    expect(read({ dateOfBirth })).toEqual({ usable: {}, unusable: ['dateOfBirth'] })
  })
})

describe('nationalities', () => {
  test.each([
    ...[
      ['UA', 'UA'],
      ['UKR', 'UA'],
      ['ukr', 'UA'],
      ['PL', 'PL'],
      ['GBR', 'GB'],
      ['USA', 'US'],
      ['CHE', 'CH'],
    ],
    ...[
      ['D', 'DE'],
      ['D<<', 'DE'],
      ['DEU', 'DE'],
      ['XKX', 'XK'],
      ['RKS', 'XK'],
      ['XK', 'XK'],
    ],
    ...[
      ['GBD', 'GB'],
      ['GBN', 'GB'],
      ['GBO', 'GB'],
      ['GBP', 'GB'],
      ['GBS', 'GB'],
      ['UK', 'GB'],
      ['EL', 'GR'],
    ],
    ...[
      ['ROM', 'RO'],
      ['TMP', 'TL'],
      ['ROU', 'RO'],
      ['ARE', 'AE'],
      ['SVN', 'SI'],
      ['SVK', 'SK'],
      ['AUT', 'AT'],
    ],
  ])('%s is %s', (nationality, country) => {
    expect(read({ nationality })).toEqual({ usable: { nationality: country }, unusable: [] })
  })

  test.each([
    ...['XXA', 'XXB', 'XXC', 'XXX', 'UNO', 'UNA', 'UNK', 'EUE', 'XOM', 'XPO', 'XCC', 'ZZ', 'EU', 'A', 'AA'],
    ...['SUN', 'YUG', 'SCG', 'CSK', 'DDR', 'UKRAINE', 'U1', '804', 'Україна'],
  ])('%s is not a country', (nationality) => {
    expect(read({ nationality })).toEqual({ usable: {}, unusable: ['nationality'] })
  })

  test('every country of ISO 3166-1 has an alpha-2 and an alpha-3 code of its own', () => {
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
    const pairs = letters.flatMap((a) => letters.map((b) => a + b))
    const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
    const isUnassigned = (code: string) => countryOf(code) === undefined
    const own = pairs.filter((code) => countryOf(code) === code)
    expect(own).toHaveLength(250) // 249 and XK
    for (const code of own) expect(regions.of(code), code).toBeDefined()
    // Other regions that Intl names: exceptional reservations, groups, private use and, last, dissolved states.
    const beyond = pairs.filter((code) => isUnassigned(code) && regions.of(code) !== undefined)
    expect(
      beyond.filter(
        (code) =>
          !/^(AC|CP|CQ|DG|EA|EU|EZ|IC|QO|TA|UN|XA|XB|ZZ|AN|BU|CS|DD|DY|FX|HV|NH|RH|SU|TP|VD|YD|YU|ZR)$/.test(
            code,
          ),
      ),
    ).toEqual([])
    const triples = pairs.flatMap((pair) => letters.map((c) => pair + c))
    const byCountry = Map.groupBy(
      triples.filter((code) => !isUnassigned(code)),
      (code) => countryOf(code),
    )
    expect([...byCountry.keys()].sort()).toEqual(own)
    const several = own.filter((code) => byCountry.get(code)?.length !== 1)
    expect(several).toEqual(['CD', 'GB', 'MM', 'RO', 'TL', 'XK'])
  })
})

describe('email addresses', () => {
  test.each(['ada@example.com', "o'neil+tag@sub.example.co.uk", 'олена@пошта.укр', 'a@localhost'])(
    '%s',
    (email) => {
      expect(read({ email })).toEqual({ usable: { email }, unusable: [] })
    },
  )
  test.each(['ada', 'ada@', '@example.com', 'a b@example.com', 'a@b@c', `${'a'.repeat(250)}@b.example`])(
    '%s cannot be used',
    (email) => expect(read({ email })).toEqual({ usable: {}, unusable: ['email'] }),
  )
})

test('the schema serialises every value that is accepted', () => {
  const identityFacts = schema.getType('IdentityFacts')
  if (!isObjectType(identityFacts)) throw new Error('no type IdentityFacts')
  const fields = identityFacts.getFields()
  const serialise = (type: GraphQLOutputType | undefined, value: unknown) =>
    isScalarType(type) ? type.coerceOutputValue(value) : `not a scalar: ${type}`
  const accepted = {
    fullName: ['王小明', '1'.repeat(1_000)],
    dateOfBirth: ['1900-01-01', '2000-02-29', '2026-11-25'],
    nationality: ['XKX', 'D', 'uk', 'GBN', 'AX'],
    email: ['олена@пошта.укр', 'a@localhost', '"quoted"@example.com'],
    phone: ['+380 44 000-00-00'],
  }
  for (const [name, values] of Object.entries(accepted))
    for (const value of values) {
      const { usable } = read({ [name]: value })
      const [[field = '', fact] = []] = Object.entries(usable)
      expect(serialise(fields[field]?.type, fact)).toBe(fact)
    }
  for (const { field, type } of Object.values(factDefinitions)) expect(field in fields).toBe(type !== 'age')
})
