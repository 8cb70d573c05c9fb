import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { demoPartner } from '../../../portmone/sandbox/partners.ts'
import { Child } from '../process/child.ts'
import type { SandboxHandlers } from './sandbox.ts'

export const contestants = ['gateway', 'recipe', 'limit'] as const
export type ContestantName = (typeof contestants)[number]

/** The server process of one of those that are compared. */
export interface Spawned {
  server: Child
  stop(): Promise<void>
}

/** One of those that are compared, with all that it needs around it. */
export interface Contestant extends Spawned {
  url: string
  /** Makes the customers of these codes approve, where it takes that for a check to bring the transition. */
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
    const sandbox = name === 'gateway' ? new Child<SandboxHandlers>(at('./sandbox.ts')) : null
    if (sandbox !== null) started.push({ stop: () => sandbox.stop() })
    const spawned = spawnContestant(name, await sandbox?.listening())
    started.push(spawned)
    const approve = async (codes: string[]) => void (await sandbox?.call('approve', codes))
    return { server: spawned.server, url: await spawned.server.listening(), approve, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Starts the server alone. @param portmone where the gateway finds the Portmone Service, which need not be there. */
export function spawnContestant(name: ContestantName, portmone = 'http://127.0.0.1:9'): Spawned {
  if (name === 'gateway') return spawnGateway(portmone)
  const server = new Child(at(name === 'recipe' ? './recipe.ts' : './limit.ts'))
  return { server, stop: () => server.stop() }
}

export interface GatewayPlace {
  /** Folder of the checkout whose gateway is started. */
  tree?: string
  /** Added to its environment. */
  env?: NodeJS.ProcessEnv
}

/**
 * The gateway as it ships: `server/main.ts` with its embedded store on the disk, authorisation, limits, metrics and
 * log on. Its limits are set so high that they count everything and refuse nobody.
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
      UPSTREAM_BUDGET: '1000',
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
    server,
    async stop() {
      await server.stop()
      rmSync(dataDir, { recursive: true })
    },
  }
}
