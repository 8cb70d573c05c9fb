import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const folder = new URL('../../docs/decisions/', import.meta.url)
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8')
const files = readdirSync(folder)
  .filter((file) => file !== 'README.md')
  .sort()
const numbers = files.map((file) => file.slice(0, 4))

const titleOf = (record: string) => /^# \d{4}\. (.+)$/m.exec(record)?.[1]
const statusOf = (record: string) => /^- Status: (.+)$/m.exec(record)?.[1]

test('the records are numbered from 0001 without a gap', () => {
  expect(numbers).toEqual(files.map((_, index) => String(index + 1).padStart(4, '0')))
})

test.each(files)('%s has a number, title, date and status, and the three sections', (file) => {
  const record = read(file)
  expect(file).toMatch(/^\d{4}(-[a-z0-9]+)+\.md$/)
  expect(record.slice(0, 7)).toBe(`# ${file.slice(0, 4)}.`)
  expect(titleOf(record)).toBeDefined()
  expect(record).toMatch(/^- Date: \d{4}-\d\d-\d\d$/m)
  expect(record.match(/^## .+$/gm)).toEqual(['## Context', '## Decision', '## Consequences'])

  const [, successor] = /^(?:accepted|deprecated|superseded by (\d{4}))$/.exec(statusOf(record) ?? '') ?? ['']
  expect(successor === undefined || numbers.includes(successor), `Status: ${statusOf(record)}`).toBe(true)
})

test('the index lists every record with its title and status', () => {
  const rows = [...read('README.md').matchAll(/^\| \[(\d{4})\]\((.+?)\) \| (.+?) \| (.+?) \| .+ \|$/gm)]
  const listed = rows.map(([, ...cells]) => cells)
  expect(listed).toEqual(
    files.map((file) => [file.slice(0, 4), file, titleOf(read(file)), statusOf(read(file))]),
  )
})
