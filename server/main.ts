import { asksForHelp, UsageError } from './cli/cli-args.ts'
import { ConfigError, describeEnvironment, readConfig } from './config.ts'
import { startGateway } from './gateway.ts'
import { OperationsFileError } from './graphql/persisted-operations.ts'
import { ListenError } from './http/server.ts'
import { createLog } from './monitoring/log.ts'
import { startTracing } from './monitoring/tracing.ts'
import { PoliciesFileError } from './share-requests/policies.ts'
import { StoreUnavailable } from './share-requests/store.ts'

const help = `Starts the gateway, for production: no sandbox, no demo key, nothing that is not configured.

Usage: npm run serve

Environment:
${describeEnvironment()}`

/** What an operator can mend is said in one plain message; anything else is a fault of ours and shows its stack. */
const expectedErrors = [
  UsageError,
  ConfigError,
  PoliciesFileError,
  OperationsFileError,
  ListenError,
  StoreUnavailable,
]

try {
  if (asksForHelp()) console.log(help)
  else await run()
} catch (error) {
  const isMendable = expectedErrors.some((type) => error instanceof type)
  console.error(isMendable ? (error as Error).message : error)
  process.exitCode = 1
}

async function run(): Promise<void> {
  const config = readConfig(process.env)
  const log = createLog(config.logLevel)
  const tracing = config.tracing ? await startTracing(process.env, log) : null
  const gateway = await startGateway({ config, log })
  process.send?.({ listening: gateway.url })
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      log.info({ signal }, 'shutting down')
      void gateway.stop().then(() => tracing?.stop())
    })
}
