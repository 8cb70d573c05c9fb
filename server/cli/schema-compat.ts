import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { asksForHelp, UsageError } from './cli-args.ts'
import {
  type Comparison,
  compareSchemas,
  DeclarationsError,
  isCompatible,
  readDeclarations,
} from './schema-compatibility.ts'

const help = `Compares schema.graphql with the schema of the last release. Fails on a breaking change that is not declared in
server/schema/released/breaking-changes.json; server/schema/released/README.md says how, and what to do at a release.

Usage: npm run schema:compat`

try {
  if (asksForHelp()) console.log(help)
  else run()
} catch (error) {
  if (error instanceof DeclarationsError) console.error(`breaking-changes.json: ${error.message}`)
  else console.error(error instanceof UsageError ? error.message : error)
  process.exitCode = 1
}

function run(): void {
  const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')
  const comparison = compareSchemas(
    read('../schema/released/schema.graphql'),
    read('../../schema.graphql'),
    readDeclarations(read('../schema/released/breaking-changes.json')),
  )
  console.log(described(comparison))
  if (!isCompatible(comparison)) process.exitCode = 1
}

function described({ breaking, declared, stale, dangerous, safe }: Comparison): string {
  const lines = [
    ...breaking.map((change) => `breaking   ${change}`),
    ...stale.map(({ change }) => `stale      ${change} It is declared, but has not changed so: take it out.`),
    ...declared.map(({ change, reason }) => `declared   ${change} ${reason}`),
    ...dangerous.map((change) => `dangerous  ${change}`),
    `Since the last release: ${breaking.length + declared.length} breaking, ${dangerous.length} dangerous, ${safe.length} safe changes.`,
  ]
  if (breaking.length > 0)
    lines.push(
      'Keep what callers use, or declare why they can bear the change: server/schema/released/README.md says how.',
    )
  return lines.join('\n')
}
