import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseAsSupported, unsupported } from './browser-support.ts'

/** Newer than some supported browsers, but harmless there. */
const harmless = {
  navigation: 'React asks whether it exists',
  setImmediate: 'React asks whether it exists',
  'navigator.connection': 'React asks whether it exists',
  '.use()': 'React.use, not DisposableStack.use',
  '.error()': 'console.error and observers, not SuppressedError.error',
  '.dispose()': 'of graphql-ws, not DisposableStack.dispose',
}

const scriptsOf = (page: string) =>
  [
    ...readFileSync(`client/dist/${page}`, 'utf8').matchAll(/<script type="module">([\s\S]*?)<\/script>/g),
  ].map(([, script = '']) => script)

describe.each(['index.html', 'partner/index.html'])('the built %s', (page) => {
  test('is there', () => {
    expect(scriptsOf(page).join('').length).toBeGreaterThan(100_000)
  })

  test('has no syntax that a supported browser lacks', () => {
    for (const script of scriptsOf(page)) parseAsSupported(script)
  })

  test('uses no API that a supported browser lacks', () => {
    expect(
      scriptsOf(page)
        .flatMap(unsupported)
        .filter((name) => !(name in harmless)),
    ).toEqual([])
  })
})

test('what is listed as harmless is used', () => {
  const used = ['index.html', 'partner/index.html'].flatMap(scriptsOf).flatMap(unsupported)
  expect(Object.keys(harmless).filter((name) => !used.includes(name))).toEqual([])
})

test.each([
  ['AbortSignal.any([])', []],
  ['Promise.try(f)', ['Promise.try']],
  ['new URLPattern({})', ['URLPattern']],
  ['a.union(b)', ['.union()']],
  ['navigation.navigate(x)', ['navigation']],
  ['[].toSorted(); Object.groupBy(a, b); crypto.randomUUID()', []],
])('in %s it finds %j', (code, found) => {
  expect(unsupported(code)).toEqual(expect.arrayContaining(found))
  if (found.length === 0) expect(unsupported(code)).toEqual([])
})

test('it finds syntax that is too new', () => {
  expect(() => parseAsSupported('using a = b()')).toThrow(SyntaxError)
  expect(() => parseAsSupported('await (async () => {})()')).not.toThrow()
})
