import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const read = (file: string) => readFileSync(new URL(file, root), 'utf8')
const { scripts, version } = JSON.parse(read('package.json'))

test.each(['CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'])(
  '%s names files and scripts that exist',
  (file) => {
    const text = read(file)
    const links = [...text.matchAll(/\]\(([^):]+)\)/g)].map(([, path = '']) => path)
    for (const path of links) expect(existsSync(new URL(path, root)), path).toBe(true)

    const named = [...text.matchAll(/npm (?:run ([\w:-]+)|(start|test)\b)/g)].map(
      (match) => match[1] ?? match[2],
    )
    expect(named.length).toBeGreaterThan(0)
    for (const name of named) expect(Object.keys(scripts)).toContain(name)
  },
)

test('the changelog starts with what is unreleased and has the current version', () => {
  const headings = [...read('CHANGELOG.md').matchAll(/^## \[(.+?)\]/gm)].map(([, heading]) => heading)
  expect(headings[0]).toBe('Unreleased')
  expect(headings[1]).toBe(version)
})
