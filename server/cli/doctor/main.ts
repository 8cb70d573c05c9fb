import { asksForHelp, exitWithError } from '../cli-args.ts'
import { checkEnvironment, checkFiles, checkPage } from './configuration.ts'
import { checkEmbeddedStore } from './embedded-store.ts'
import { type Finding, lineOf } from './finding.ts'
import { checkPort } from './port.ts'
import { checkPortmone } from './portmone.ts'

const help = `Looks whether the gateway can do its work here: configuration, the files it names, page, port, store, clock, and
Portmone with the partner's credentials. Says of each whether it is as it should be, and how to mend it. Changes nothing,
and can be run beside a gateway.

Usage: npm run doctor

Environment: the gateway's own, which "npm run serve -- --help" lists.

Exit code: 0 where the gateway can run, warnings or not; 1 where it can not.`

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

/** What is found, each as soon as it is. Without a configuration there is nothing else to look at. */
async function* diagnose(environment: NodeJS.ProcessEnv): AsyncGenerator<Finding, void> {
  const { config, findings } = checkEnvironment(environment)
  yield* findings
  if (config === null) return
  yield* checkFiles(config)
  yield checkPage()
  const { finding, gatewayListens } = await checkPort(config)
  yield finding
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
