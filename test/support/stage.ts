import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Sandbox, startSandbox } from '../../portmone/sandbox/sandbox.ts'
import { type Config, readConfig } from '../../server/config.ts'
import { type Gateway, type GatewayOptions, startGateway } from '../../server/gateway.ts'
import { createLog } from '../../server/monitoring/log.ts'
import { type Scope, scopes } from '../../server/share-requests/caller.ts'
import type { Clock } from '../../server/share-requests/clock.ts'
import { makePartnerKey } from '../../server/share-requests/partner-keys.ts'
import type { Policy } from '../../server/share-requests/policies.ts'
import type { WatcherSettings } from '../../server/watcher/schedule.ts'

export const testPartner = {
  clientId: 'canary-client-id',
  clientSecret: 'canary-client-secret-9d1f',
  name: 'Test Shop',
}
export const gatewaySecret = 'canary-gateway-secret-0123456789abcdef'

/** A sandbox and a gateway in front of it, on free ports. */
export interface Stage extends AsyncDisposable {
  sandbox: Sandbox
  gateway: Gateway
  dataDir: string
  /** The gateway's configuration, also after a restart. */
  config: Config
  /** Every line that the gateway logged, restarts included. */
  logs: string[]
  /** A new partner key with these scopes; with all of them by default. */
  partnerKey(scopes?: Scope[], expiresAt?: number | null): Promise<string>
  /** Stops the gateway, calls `meanwhile`, and starts it again on the same folder and port. */
  restartGateway(meanwhile?: () => void): Promise<void>
}

export interface StageOptions {
  config?: Partial<Config>
  watcher?: Partial<WatcherSettings>
  policies?: Policy[]
  sandbox?: Partial<Parameters<typeof startSandbox>[0]>
  portmone?: GatewayOptions['portmone']
  /** Used by the gateway and the sandbox. */
  clock?: Clock
  clientDir?: string
}

/** Short intervals, so that tests wait little. */
const impatient: Partial<WatcherSettings> = {
  minPollIntervalMs: 50,
  maxPollIntervalMs: 200,
  unwatchedIntervalMs: 500,
}

const samplePolicies = fileURLToPath(
  new URL('../../server/share-requests/sample-policies.json', import.meta.url),
)

export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-'))
  const sandbox = await startSandbox({
    partners: [testPartner],
    ...(options.clock && { now: options.clock.now }),
    ...options.sandbox,
  })
  const policiesFile = options.policies === undefined ? samplePolicies : join(folder, 'policies.json')
  if (options.policies !== undefined) writeFileSync(policiesFile, JSON.stringify(options.policies))
  const logs: string[] = []
  const log = createLog('debug', { write: (line) => void logs.push(line) })
  const config: Config = {
    ...readConfig({
      PORT: '0',
      GATEWAY_SECRET: gatewaySecret,
      PORTMONE_URL: sandbox.url,
      PORTMONE_CLIENT_ID: testPartner.clientId,
      PORTMONE_CLIENT_SECRET: testPartner.clientSecret,
      POLICIES_FILE: policiesFile,
      DATA_DIR: folder,
      UPSTREAM_BUDGET: '1000',
      CREATES_PER_MINUTE: '1000000',
      CHECKS_PER_MINUTE: '1000000',
      FACTS_PER_MINUTE: '1000000',
      SHUTDOWN_GRACE: '1',
      INTROSPECTION: 'everyone',
    }),
    ...options.config,
  }
  const { portmone, clock, clientDir } = options
  const start = (port: number) =>
    startGateway({
      config: { ...config, port },
      ...{ log, watcher: { ...impatient, ...options.watcher } },
      ...(portmone && { portmone }),
      ...(clock && { clock }),
      ...(clientDir !== undefined && { clientDir }),
    })
  const stage: Stage = {
    sandbox,
    gateway: await start(config.port),
    dataDir: config.dataDir,
    config,
    logs,
    async partnerKey(granted = [...scopes], expiresAt = null) {
      const { store } = stage.gateway
      const { key, stored } = makePartnerKey('test', granted, store.now(), expiresAt)
      await store.insertPartnerKey(stored)
      return key
    },
    async restartGateway(meanwhile) {
      await stage.gateway.stop()
      meanwhile?.()
      stage.gateway = await start(Number(new URL(stage.gateway.url).port))
    },
    async [Symbol.asyncDispose]() {
      await stage.gateway.stop()
      await sandbox.stop()
      rmSync(folder, { recursive: true })
    },
  }
  return stage
}
