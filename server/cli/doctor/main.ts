import { asksForHelp, exitWithError } from '../cli-args.ts'
import { checkEnvironment, checkFiles, checkPage } from './configuration.ts'
import { checkEmbeddedStore } from './embedded-store.ts'
import { type Finding, lineOf } from './finding.ts'
import { checkOpenFiles, openFileLimit } from './open-files.ts'
import { checkPort } from './port.ts'
import { checkPortmone } from './portmone.ts'

const help = `Checks whether the gateway can run here: configuration, the files it names, pages, port, limit of open files, store,
clock, and Portmone with the Partner's credentials. Says how to fix what is wrong. Changes nothing, and is safe to run beside a running gateway.

Usage: npm run doctor

Environment: the gateway's own, which "npm run serve -- --help" lists.

Exit codes: 0 if the gateway can run, with or without warnings, 1 if it cannot, 2 for a wrong command line.`

try {
  if (asksForHelp()) console.log(help)
  else await run()
} catch (error) {
  exitWithError(error)
}

async function run(): Promise<void> {
  const count = { ok: 0, warning: 0, failure: 0 }
  for await (const finding of diagnose(process.env)) {
    count[finding.level]++
    console.log(lineOf(finding))
  }
  console.log(`\nFailures: ${count.failure}, warnings: ${count.warning}.`)
  if (count.failure > 0) process.exitCode = 1
}

/** Yields each finding as soon as it is known. Without a valid configuration nothing else can be checked. */
async function* diagnose(environment: NodeJS.ProcessEnv): AsyncGenerator<Finding, void> {
  const { config, findings } = checkEnvironment(environment)
  yield* findings
  if (config === null) return
  yield* checkFiles(config)
  yield checkPage()
  const { finding, gatewayListens } = await checkPort(config)
  yield finding
  const limit = openFileLimit()
  if (limit !== null) yield checkOpenFiles(config.maxConnections, limit)
  yield* await checkStore(config, gatewayListens)
  yield* await checkPortmone(config)
}

async function checkStore(
  { databaseUrl, dataDir }: { databaseUrl: string | undefined; dataDir: string },
  gatewayListens: boolean,
) {
  if (databaseUrl === undefined) return checkEmbeddedStore(dataDir, gatewayListens)
  const { checkPostgres } = await import('./postgres.ts')
  return checkPostgres(databaseUrl)
}
