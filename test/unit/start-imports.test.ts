import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The specifiers of imports that run when a file is loaded: neither `import type` nor `import()`. */
const staticImportsOf = (file: string) =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(
      /^(?:import|export) (?!type )(?:[^'";]*? from )?'([^']+)'/gms,
    ),
  ].map(([, specifier = '']) => specifier)

/** The packages that `entry` loads when it starts, by its own files. */
function packagesOf(entry: string): Set<string> {
  const packages = new Set<string>()
  const files = new Set([entry])
  for (const file of files)
    for (const specifier of staticImportsOf(file))
      if (specifier.startsWith('.')) files.add(normalize(join(dirname(file), specifier)))
      else packages.add(specifier)
  return packages
}

test('a gateway starts without the packages that only some gateways or later requests need', () => {
  const packages = packagesOf('server/main.ts')
  expect([...packages]).toEqual(expect.arrayContaining(['graphql', 'graphql-yoga', 'kysely', 'ws']))
  for (const late of [
    'graphql-jit',
    'undici',
    'pg',
    '@opentelemetry/sdk-trace',
    '@graphql-yoga/render-graphiql',
  ])
    expect(packages).not.toContain(late)
})
