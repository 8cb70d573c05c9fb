import { expect, test } from 'vitest'
import { resolved, sources } from './sources.ts'

test.each(sources('**/*.module.css'))(
  '$file: its classes are those that components use',
  ({ file, text }) => {
    const defined = new Set([...text.matchAll(/\.([a-zA-Z]\w*)(?=[^{}]*\{)/g)].map(([, name]) => name))
    const used = new Set(
      sources('**/*.tsx')
        .filter((source) => {
          const [, specifier] = /import styles from '(.+)'/.exec(source.text) ?? []
          return specifier !== undefined && resolved(source.file, specifier) === file
        })
        .flatMap((source) => [...source.text.matchAll(/\bstyles\.(\w+)/g)].map(([, name]) => name)),
    )
    expect([...used].sort()).toEqual([...defined].sort())
  },
)

test('nothing is styled in an attribute, which the Content-Security-Policy would refuse', () => {
  expect(sources('**/*.tsx').filter(({ text }) => /\bstyle=/.test(text))).toEqual([])
  expect(
    sources('**/*.html').filter(({ text }) => /\bstyle=|<style|<script(?![^>]*\bsrc=)| on\w+=/.test(text)),
  ).toEqual([])
})

test('the verification brings no style that reaches beyond itself', () => {
  const [css] = sources('verification/*.css')
  const selectors = css?.text.replaceAll(/\/\*[\s\S]*?\*\//g, '').match(/^[^\s@}][^{]*(?=\{)/gm) ?? []
  expect(selectors.length).toBeGreaterThan(30)
  expect(selectors.filter((selector) => !/^\s*\./.test(selector))).toEqual([])
})
