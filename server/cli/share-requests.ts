import { parseArgs } from 'node:util'
import { readStoreConfig } from '../config.ts'
import { ConfigError } from '../environment.ts'
import { createLog } from '../monitoring/log.ts'
import { createMonitoring } from '../monitoring/metrics.ts'
import { erase } from '../share-requests/erasure.ts'
import { StoreUnavailable } from '../share-requests/store.ts'
import { exitWithError, UsageError } from './cli-args.ts'

const help = `Erases one share request for good, whatever its state. Safe to run beside a running gateway.

Usage:
  npm run -s share-requests -- erase <id>

The share request is no longer found, its clientSecret stops working, and its subscriptions end. What remains is one log
line with the ID, which this command prints to standard output: keep it as evidence. Backups are not changed.

Environment, the same as the gateway's:
  DATABASE_URL, DATABASE_URL_FILE  PostgreSQL that stores the share requests
  DATA_DIR                         without it, folder of the embedded store (default .data)

Exit codes: 0 if it was erased, 1 if it does not exist or the command fails, 2 for a wrong command line.`

try {
  await run(process.argv.slice(2))
} catch (error) {
  exitWithError(error, [ConfigError, StoreUnavailable])
}

async function run(args: string[]): Promise<void> {
  const { values, positionals } = parse(args)
  if (values.help) return console.log(help)
  const [command, id, ...rest] = positionals
  if (command !== 'erase' || id === undefined || rest.length > 0) throw new UsageError('Use "erase <id>".')
  // Loaded here, so that --help and usage errors do not wait for it.
  const { openStore } = await import('../store/index.ts')
  const store = await openStore({ ...readStoreConfig(process.env), exclusive: false })
  const monitoring = createMonitoring(createLog('info'))
  try {
    if (await erase({ store, monitor: monitoring.monitor }, id)) return
    console.error(`No share request has the ID ${JSON.stringify(id)}.`)
    process.exitCode = 1
  } finally {
    monitoring.stop()
    await store.close()
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { help: { type: 'boolean', short: 'h' } } })
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause })
  }
}
