import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** The names that an entry of a package exports, each with the file that declares it. */
function exportsOf(entry: string): { name: string; file: string }[] {
  const source = read(entry)
  const from = (path: string) => join(dirname(entry), path)
  const all = [...source.matchAll(/export \* from '(.+)'/g)].flatMap(([, path = '']) => exportsOf(from(path)))
  const named = [...source.matchAll(/export (?:type )?\{([^}]+)\} from '(.+)'/g)].flatMap(
    ([, names = '', path = '']) =>
      names
        .split(',')
        .map((name) => name.replace(/\btype\b|\bas default\b/g, '').trim())
        .filter((name) => name !== '')
        .map((name) => ({ name, file: from(path) })),
  )
  return [...all, ...named]
}

const entries = ['index.ts', 'headless.ts', 'cache.ts'].map((file) => `client/verification/${file}`)

test.each([...entries, 'portmone/sdk-react/index.ts'])('every export of %s is documented', (entry) => {
  const exported = exportsOf(entry)
  expect(exported.length).toBeGreaterThan(1)
  const undocumented = exported.filter(
    ({ name, file }) =>
      !new RegExp(`\\*/\\nexport (interface|type|function|const) ${name}\\b`).test(read(file)),
  )
  expect(undocumented).toEqual([])
})
