import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readSandboxConfig } from './config.ts'
import { exitCodeOf, explain } from './explain.ts'
import { demoPartner } from './partners.ts'
import { startSandbox } from './sandbox.ts'

const help = `Starts the Portmone sandbox: a stand-in for the Portmone Service, phone included.

Usage: npm run sandbox

Environment:
  SANDBOX_PORT      port to listen on; 0 picks a free one (default 4100)
  SANDBOX_HOST      address to listen on (default 127.0.0.1)
  SANDBOX_ORIGIN    origin at which phones and pages reach it, such as http://192.168.1.20:4100 (default: where it listens)
  SANDBOX_DATA_DIR  folder for its state (default .data)`

try {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
  if (values.help) console.log(help)
  else await run()
} catch (error) {
  console.error(explain(error))
  process.exitCode = exitCodeOf(error)
}

async function run() {
  const { port, host, origin, dataDir } = readSandboxConfig(process.env)
  mkdirSync(dataDir, { recursive: true })
  const file = join(dataDir, 'sandbox.sqlite')
  const options = { port, host, file, partners: [demoPartner], log: console.log }
  const sandbox = await startSandbox(origin === undefined ? options : { ...options, origin })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, sandbox.stop)
  console.log(`Portmone sandbox at ${origin ?? sandbox.url}
  Partner        ${demoPartner.name}: clientId ${demoPartner.clientId}, clientSecret ${demoPartner.clientSecret}
  Control token  ${sandbox.controlToken}
  State          ${file}`)
}
