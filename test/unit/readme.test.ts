import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { variables } from '../../server/config.ts'
import { readPolicies } from '../../server/share-requests/policies.ts'

const pathOf = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url))
const readme = readFileSync(pathOf('README.md'), 'utf8')

test.each(variables)('README.md documents $name', ({ name, description, fallback, needed }) => {
  const otherwise = needed ? 'required' : fallback === null ? '' : `\`${fallback}\``
  expect(readme).toContain(`| \`${name}\` | ${description} | ${otherwise} |`)
})

test('every script that it names exists', () => {
  const { scripts } = JSON.parse(readFileSync(pathOf('package.json'), 'utf8'))
  const named = [...readme.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name)
  expect(named.length).toBeGreaterThan(5)
  for (const name of named) expect(Object.keys(scripts)).toContain(name)
})

test('every file that it links exists', () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => path)
  expect(links.length).toBeGreaterThan(3)
  for (const path of links) expect(existsSync(pathOf(path)), path).toBe(true)
})

test('its policies file is valid', () => {
  const [, example = ''] = /```json\n(.*?)```/s.exec(readme) ?? []
  const folder = mkdtempSync(join(tmpdir(), 'readme-'))
  const file = join(folder, 'policies.json')
  writeFileSync(file, example)
  expect(readPolicies(file)).toMatchObject([
    { name: 'wine-shop', purpose: 'To sell you wine we must know that you are an adult.' },
  ])
  rmSync(folder, { recursive: true })
})
