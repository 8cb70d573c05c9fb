import { asksForHelp, exitWithError } from './cli-args.ts'
import { allowedLicences, isLicenceAllowed, productionPackages, readLockfile } from './production-packages.ts'

const help = `Lists the licences of all production dependencies. Fails if one of them is not allowed.

Usage: npm run licences

Allowed: ${allowedLicences.join(', ')}.

Exit codes: 0 if every licence is allowed, 1 if one is not, 2 for a wrong command line.`

try {
  if (asksForHelp()) console.log(help)
  else run()
} catch (error) {
  exitWithError(error)
}

function run(): void {
  const lines = productionPackages(readLockfile()).map(
    ({ name, version, licence }) => `${licence.padEnd(14)} ${name}@${version}`,
  )
  for (const line of [...new Set(lines)].sort()) console.log(line)
  const refused = productionPackages(readLockfile()).filter(({ licence }) => !isLicenceAllowed(licence))
  if (refused.length === 0) return
  const names = refused.map(({ name, licence }) => `${name} (${licence})`)
  console.error(`Not allowed: ${names.join(', ')}. Replace the package, or review its licence and allow it.`)
  process.exitCode = 1
}
