import { describe, expect, test } from 'vitest'
import { resolved, sources } from './sources.ts'

const components = sources('**/*.tsx')

/** The names by which components know the classes of this CSS module, each import by its own name. */
const usedOf = (file: string) =>
  components.flatMap((component) =>
    [...component.text.matchAll(/^import (\w+) from '(.+\.css)'$/gm)]
      .filter(([, , specifier = '']) => resolved(component.file, specifier) === file)
      .flatMap(([, name]) => [...component.text.matchAll(new RegExp(`(?<![\\w./-])${name}\\.(\\w+)`, 'g'))])
      .map(([, used]) => used),
  )

test.each(sources('**/*.module.css'))(
  '$file defines the classes that components use, and no others',
  ({ file, text }) => {
    const defined = [...text.matchAll(/\.([a-zA-Z]\w*)(?=[^{}]*\{)/g)].map(([, name]) => name)
    expect([...new Set(usedOf(file))].sort()).toEqual([...new Set(defined)].sort())
  },
)

test('there are no style attributes, which the Content-Security-Policy would refuse', () => {
  expect(components.filter(({ text }) => /\bstyle=/.test(text))).toEqual([])
  expect(
    sources('**/*.html').filter(({ text }) => /\bstyle=|<style|<script(?![^>]*\bsrc=)| on\w+=/.test(text)),
  ).toEqual([])
})

describe('the verification and the parts that it shares with the pages bring their own style', () => {
  const inside = (file: string) => /^(verification|ui)[\\/]/.test(file)
  // style.css is built from the components' style sheets.
  const sheets = sources('**/*.css').filter(({ file }) => inside(file) && !file.endsWith('/style.css'))

  test('which reaches nothing else on the page', () => {
    const selectors = sheets.flatMap(({ file, text }) =>
      selectorsOf(text).map((selector) => ({ file, selector })),
    )
    expect(selectors.length).toBeGreaterThan(60)
    expect(selectors.filter(({ selector }) => !selector.startsWith('.'))).toEqual([])
    expect(sheets.filter(({ file, text }) => !/\.module\.css$/.test(file) || /:global/.test(text))).toEqual(
      [],
    )
  })

  test('and import no other', () => {
    const imported = components
      .filter(({ file }) => inside(file))
      .flatMap(({ file, text }) =>
        [...text.matchAll(/'(.+\.css)'/g)].map(([, specifier = '']) => resolved(file, specifier)),
      )
    expect([...new Set(imported)].sort()).toEqual(sheets.map(({ file }) => file))
  })
})

/** Each selector of each rule, also inside at-rules. The steps of an animation are not selectors. */
const selectorsOf = (css: string) =>
  css
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/@keyframes[^{]*\{([^{}]*\{[^{}]*\})*\s*\}/g, '')
    .match(/[^{};]+(?=\{)/g)!
    .map((prelude) => prelude.trim())
    .filter((prelude) => !prelude.startsWith('@'))
    .flatMap((selectors) => selectors.split(/,(?![^(]*\))/))
    .map((selector) => selector.trim())
