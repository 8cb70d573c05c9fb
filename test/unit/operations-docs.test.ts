import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8')

test('every metric that the guide names exists, and every metric of ours is named', () => {
  const exported = new Set(
    [...read('server/monitoring/metrics.ts').matchAll(/name: '(portmone_\w+)'/g)].map(([, name]) => name),
  )
  const named = new Set(
    [...read('docs/operations.md').matchAll(/portmone_\w+/g)].map(([name]) =>
      name.replace(/_(bucket|count|sum)$/, ''),
    ),
  )
  expect([...named].sort()).toEqual([...exported].sort())
})
