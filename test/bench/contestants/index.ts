import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { demoPartner } from '../../../portmone/sandbox/partners.ts'
import { operationsFile, type SendBy } from '../operations.ts'
import { Child } from '../process/child.ts'
import type { SandboxHandlers } from './sandbox.ts'

/** `gateway` receives operations by hash, as from the page; `gateway-text` receives documents that it does not know. */
export const contestants = ['gateway', 'gateway-text', 'recipe', 'limit'] as const
export type ContestantName = (typeof contestants)[number]

/** The server process of a contestant. */
export interface Spawned {
  server: Child
  /** Of the gateway's embedded store. */
  dataDir?: string
  stop(): Promise<void>
}

/** A contestant with everything that it needs. */
export interface Contestant extends Spawned {
  url: string
  sendBy: SendBy
  /** Approves these codes as their customers, if a check needs that to make the transition. */
  approve(codes: string[]): Promise<void>
}

const at = (path: string) => new URL(path, import.meta.url)

/** Starts one anew, with nothing in its store. Resolves when it listens. */
export async function startContestant(name: ContestantName): Promise<Contestant> {
  const started: Pick<Spawned, 'stop'>[] = []
  const stop = async () => {
    for (const { stop } of started.reverse()) await stop()
  }
  try {
    const isGateway = name === 'gateway' || name === 'gateway-text'
    const sandbox = isGateway ? new Child<SandboxHandlers>(at('./sandbox.ts')) : null
    if (sandbox !== null) started.push({ stop: () => sandbox.stop() })
    const operations = name === 'gateway' ? writeOperations() : null
    if (operations !== null) started.push(operations)
    const spawned = spawnContestant(name, {
      portmone: await sandbox?.listening(),
      env: { OPERATIONS_FILES: operations?.file },
    })
    started.push(spawned)
    const approve = async (codes: string[]) => void (await sandbox?.call('approve', codes))
    const sendBy = name === 'gateway' ? 'hash' : 'text'
    return { ...spawned, url: await spawned.server.listening(), sendBy, approve, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Starts only the server. The gateway needs no Portmone Service to start. */
export function spawnContestant(
  name: ContestantName,
  {
    portmone = 'http://127.0.0.1:9',
    env = {},
  }: { portmone?: string | undefined; env?: NodeJS.ProcessEnv } = {},
): Spawned {
  if (name === 'gateway' || name === 'gateway-text') return spawnGateway(portmone, { env })
  const server = new Child(at(name === 'recipe' ? './recipe.ts' : './limit.ts'))
  return { server, stop: () => server.stop() }
}

/** Writes the file of persisted operations. */
export function writeOperations(): { file: string; stop(): Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), 'operations-bench-'))
  const file = join(folder, 'operations.json')
  writeFileSync(file, operationsFile)
  return { file, stop: async () => rmSync(folder, { recursive: true }) }
}

export interface GatewayPlace {
  /** Folder of the checkout whose gateway is started. */
  tree?: string
  /** Added to its environment. */
  env?: NodeJS.ProcessEnv
}

/**
 * The gateway as it ships: `server/main.ts` with the embedded store on the disk and with authorisation, limits, metrics
 * and log. The limits are so high that they count everything and refuse nothing.
 */
export function spawnGateway(portmone: string, { tree, env }: GatewayPlace = {}): Spawned {
  const dataDir = mkdtempSync(join(tmpdir(), 'gateway-bench-'))
  const server = new Child(
    tree === undefined ? at('../../../server/main.ts') : pathToFileURL(join(tree, 'server/main.ts')),
    {
      PORT: '0',
      DATA_DIR: dataDir,
      GATEWAY_SECRET: 'bench-gateway-secret-0123456789abcdef',
      PORTMONE_URL: portmone,
      PORTMONE_CLIENT_ID: demoPartner.clientId,
      PORTMONE_CLIENT_SECRET: demoPartner.clientSecret,
      POLICIES_FILE: fileURLToPath(at('../../../server/share-requests/sample-policies.json')),
      UPSTREAM_BUDGET: '100000',
      CREATES_PER_MINUTE: '1000000',
      CHECKS_PER_MINUTE: '1000000',
      FACTS_PER_MINUTE: '1000000',
      MAX_CONNECTIONS: '1000000',
      CONNECTIONS_PER_ADDRESS: '1000000',
      STREAMS_PER_ADDRESS: '1000000',
      MAX_OPERATIONS: '1000000',
      OPERATIONS_PER_ADDRESS: '1000000',
      SHUTDOWN_DELAY: '0',
      SHUTDOWN_GRACE: '1',
      ...env,
    },
  )
  return {
    ...{ server, dataDir },
    async stop() {
      await server.stop()
      rmSync(dataDir, { recursive: true })
    },
  }
}
