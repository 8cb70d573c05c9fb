import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readSandboxConfig } from '../portmone/sandbox/config.ts'
import { exitCodeOf, explain } from '../portmone/sandbox/explain.ts'
import { demoPartner } from '../portmone/sandbox/partners.ts'
import { type Sandbox, startSandbox } from '../portmone/sandbox/sandbox.ts'
import { scopes } from '../server/share-requests/caller.ts'
import { makePartnerKey } from '../server/share-requests/partner-keys.ts'
import { openStore } from '../server/store/index.ts'

const help = `Starts the demo: the Portmone sandbox, and the gateway with the built client.

Usage: npm start

Environment: the variables of the sandbox (npm run sandbox -- --help) and of the gateway; none is required.
  PORT      port of the gateway (default 4000)
  DATA_DIR  folder for the data of both (default .data)`

const inProject = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

try {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
  if (values.help) console.log(help)
  else await run(process.env.DATA_DIR || '.data')
} catch (error) {
  console.error(explain(error))
  process.exitCode = exitCodeOf(error)
}

async function run(dataDir: string): Promise<void> {
  mkdirSync(dataDir, { recursive: true })
  const secrets = await demoSecrets(dataDir)
  const { port, host, origin } = readSandboxConfig({ SANDBOX_DATA_DIR: dataDir, ...process.env })
  const sandbox = await startSandbox({
    port,
    host,
    ...(origin === undefined ? {} : { origin }),
    file: join(dataDir, 'sandbox.sqlite'),
    partners: [demoPartner],
    controlToken: secrets.controlToken,
  })
  const gateway = fork(inProject('server/main.ts'), {
    env: {
      GRAPHIQL: 'on',
      INTROSPECTION: 'everyone',
      LOG_LEVEL: 'warn',
      SHUTDOWN_DELAY: '0',
      BRAND_NAME: demoPartner.name,
      POLICIES_FILE: inProject('server/share-requests/sample-policies.json'),
      ...process.env,
      DATA_DIR: dataDir,
      GATEWAY_SECRET: secrets.gatewaySecret,
      PORTMONE_URL: origin ?? sandbox.url,
      PORTMONE_CLIENT_ID: demoPartner.clientId,
      PORTMONE_CLIENT_SECRET: demoPartner.clientSecret,
    },
  })
  stopTogether(gateway, sandbox)
  gateway.once('message', ({ listening }: { listening: string }) =>
    console.log(welcome(listening, sandbox, secrets, dataDir)),
  )
}

interface DemoSecrets {
  gatewaySecret: string
  controlToken: string
  partnerKey: string
}

/** Created at the first start and kept, so that share requests survive a restart. */
async function demoSecrets(dataDir: string): Promise<DemoSecrets> {
  const file = join(dataDir, 'demo-secrets.json')
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const store = await openStore({ dataDir, databaseUrl: process.env.DATABASE_URL || undefined })
  const { key, stored } = makePartnerKey('demo', [...scopes], store.now())
  await store.insertPartnerKey(stored)
  await store.close()
  const secret = () => randomBytes(32).toString('base64url')
  const secrets: DemoSecrets = { gatewaySecret: secret(), controlToken: secret(), partnerKey: key }
  writeFileSync(file, JSON.stringify(secrets, null, 2), { mode: 0o600 })
  return secrets
}

/** Neither runs without the other. */
function stopTogether(gateway: ChildProcess, sandbox: Sandbox): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => gateway.kill('SIGTERM'))
  gateway.once('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGTERM' ? 0 : 1)
    void sandbox.stop()
  })
}

const welcome = (
  gateway: string,
  sandbox: Sandbox,
  { partnerKey, controlToken }: DemoSecrets,
  dataDir: string,
) => `
  The page      ${gateway}
  The overview  ${gateway}/partner (sign in with the partner key)
  GraphiQL      ${gateway}/graphql
  The phone     open the code that the page shows; the phone is a page of the sandbox at ${sandbox.url}
  Partner key   ${partnerKey}
  Sandbox       set faults at ${sandbox.url}/control with the token ${controlToken}

  Stop with Ctrl+C. Data is kept in ${dataDir}.`
