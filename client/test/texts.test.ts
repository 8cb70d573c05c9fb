import { parseSync, Visitor } from 'vite'
import { describe, expect, test } from 'vitest'
import { readPolicies } from '../../server/share-requests/policies.ts'
import { policyNames } from '../page/policy-names.ts'
import { pageTexts } from '../page/texts/index.ts'
import { partnerTexts } from '../partner/texts/index.ts'
import { locales } from '../ui/locales.ts'
import { sources } from './sources.ts'
import { verificationTexts } from './verification-texts.ts'

const hasLetters = (text: string) => /\p{Letter}/u.test(text)
/** Attributes that are read out or shown. */
const spoken = /^(alt|title|label|placeholder|aria-(label|description|roledescription|valuetext))$/

interface Node {
  type: string
}

/** The literal texts that an expression can evaluate to. */
function literals(node: Node): string[] {
  const of = (...keys: string[]) => keys.flatMap((key) => literals(Reflect.get(node, key)))
  switch (node.type) {
    case 'Literal':
      return [String(Reflect.get(node, 'value'))]
    case 'TemplateLiteral':
      return Reflect.get(node, 'quasis').map((quasi: object) => Reflect.get(quasi, 'value').raw)
    case 'ConditionalExpression':
      return of('consequent', 'alternate')
    case 'LogicalExpression':
      return of('left', 'right')
    case 'BinaryExpression':
      return Reflect.get(node, 'operator') === '+' ? of('left', 'right') : []
    default:
      return []
  }
}

function textsIn(file: string, text: string): string[] {
  const found: string[] = []
  const readChildren = ({ children }: { children: readonly Node[] }) => {
    for (const node of children) {
      if (node.type === 'JSXText') found.push(Reflect.get(node, 'value'))
      if (node.type === 'JSXExpressionContainer') found.push(...literals(Reflect.get(node, 'expression')))
    }
  }
  new Visitor({
    JSXElement: readChildren,
    JSXFragment: readChildren,
    JSXAttribute(node) {
      if (node.name.type !== 'JSXIdentifier' || !spoken.test(node.name.name) || node.value === null) return
      found.push(
        ...literals(node.value.type === 'JSXExpressionContainer' ? node.value.expression : node.value),
      )
    },
  }).visit(parseSync(file, text).program)
  return found.filter(hasLetters)
}

test('the scan finds a text in a component', () => {
  const component = `const A = () => <><p title="One">Two {'Three'} {b ? 'Four' : c}</p>{d && \`Five \${e}\`}<i className="x">{t.six}</i></>`
  expect(textsIn('a.tsx', component).map((text) => text.trim())).toEqual(
    expect.arrayContaining(['One', 'Two', 'Three', 'Four', 'Five']),
  )
  expect(
    textsIn('a.tsx', `<i className="x" data-tone="y">{t.z} {t[\`fact_\${f}\`]} {n === 'm'}</i>`),
  ).toEqual([])
})

/** The example has one language. */
const translated = sources('**/*.tsx').filter(({ file }) => !file.startsWith('example/'))

test.each(translated)('$file has no text of its own', ({ file, text }) => {
  expect(textsIn(file, text)).toEqual([])
})

const catalogues = { verification: verificationTexts, page: pageTexts, partner: partnerTexts }

describe.each(Object.entries(catalogues))('the texts of the %s', (folder, textsIn) => {
  const english = new Map(Object.entries(textsIn('en')))
  const code = sources(`${folder}/**/*.{ts,tsx}`)
    .filter(({ file }) => !/texts(\.ts$|\/)/.test(file))
    .map(({ text }) => text)
    .join('\n')

  test.each(locales.filter((locale) => locale !== 'en'))(
    'are complete in %s, with none left in English',
    (locale) => {
      const translated = new Map(Object.entries(textsIn(locale)))
      expect([...translated.keys()]).toEqual([...english.keys()])
      for (const [key, text] of translated) {
        expect(typeof text, key).toBe(typeof english.get(key))
        if (typeof text === 'string') expect(text, key).toMatch(/\p{Script=Cyrillic}/u)
        expect(text, key).not.toBe(english.get(key))
      }
    },
  )

  test('are all in use', () => {
    const unused = [...english.keys()].filter(
      (key) => !new RegExp(`\\.${key}\\b`).test(code) && !code.includes(`t[\`${key.split('_')[0]}_$`),
    )
    expect(unused).toEqual([])
  })
})

test.each(locales)('the text for waiting contains the duration, in %s', (locale) => {
  expect(verificationTexts(locale).tryAgainIn('5 ❖')).toContain('5 ❖')
})

describe.each(locales)('the sample policies in %s', (locale) => {
  const policies = readPolicies('server/share-requests/sample-policies.json')
  const script = { en: /\p{Script=Latin}/u, uk: /\p{Script=Cyrillic}/u }[locale]

  test('have a text for each name', () => {
    expect(Object.keys(policyNames[locale]).sort()).toEqual(policies.map(({ name }) => name).sort())
    for (const words of Object.values(policyNames[locale])) expect(words).toMatch(script)
  })

  test('have a purpose and a label for each check', () => {
    for (const { purposeByLanguage, checks } of policies) {
      expect(purposeByLanguage?.[locale]).toMatch(script)
      for (const { name, label } of checks) expect(label?.byLanguage?.[locale], name).toMatch(script)
    }
  })
})
