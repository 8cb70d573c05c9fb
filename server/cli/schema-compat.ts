import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { asksForHelp, exitWithError } from './cli-args.ts'
import {
  type Comparison,
  compareSchemas,
  DeclarationsError,
  isCompatible,
  readDeclarations,
} from './schema-compatibility.ts'

const help = `Compares schema.graphql with the schema of the last release. Fails on a breaking change that is not declared in
server/schema/released/breaking-changes.json. See server/schema/released/README.md for how to declare one.

Usage: npm run schema:compat`

try {
  if (asksForHelp()) console.log(help)
  else run()
} catch (error) {
  exitWithError(error, [DeclarationsError])
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
    ...stale.map(({ change }) => `stale      ${change} It is declared but did not happen: remove it.`),
    ...declared.map(({ change, reason }) => `declared   ${change} ${reason}`),
    ...dangerous.map((change) => `dangerous  ${change}`),
    `Since the last release: ${breaking.length + declared.length} breaking, ${dangerous.length} dangerous, ${safe.length} safe changes.`,
  ]
  if (breaking.length > 0)
    lines.push(
      'Keep what callers use, or declare why this break is acceptable: see server/schema/released/README.md.',
    )
  return lines.join('\n')
}
