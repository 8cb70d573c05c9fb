import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSandbox } from '../../portmone/sandbox/sandbox.ts'
import { pathOf } from '../support/program.ts'
import { gatewaySecret, testPartner } from '../support/stage.ts'

/** Bytes in use after garbage collection: on the heap and in buffers outside it. */
export interface Memory {
  heap: number
  buffers: number
  /** Resident memory of the whole process. */
  resident: number
}

/** A gateway started as in production, in a separate process with a limited JavaScript heap. */
export interface GatewayWithHeap extends AsyncDisposable {
  url: string
  memory(): Promise<Memory>
}

export async function startGatewayWithHeap(
  heapMegabytes: number,
  env: Record<string, string> = {},
): Promise<GatewayWithHeap> {
  await using setup = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'memory-'))
  setup.defer(() => rmSync(folder, { recursive: true }))
  const sandbox = await startSandbox({ partners: [testPartner] })
  setup.defer(() => sandbox.stop())
  const gateway = spawn(
    process.execPath,
    [
      ...['--expose-gc', `--max-old-space-size=${heapMegabytes}`],
      ...['--import', pathOf('test/security/memory-reporter.ts'), pathOf('server/main.ts')],
    ],
    {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        PORT: '0',
        GATEWAY_SECRET: gatewaySecret,
        PORTMONE_URL: sandbox.url,
        PORTMONE_CLIENT_ID: testPartner.clientId,
        PORTMONE_CLIENT_SECRET: testPartner.clientSecret,
        POLICIES_FILE: pathOf('server/share-requests/sample-policies.json'),
        DATA_DIR: folder,
        SHUTDOWN_GRACE: '0',
        ...env,
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  )
  setup.defer(() => stopped(gateway))
  const [{ listening }] = (await once(gateway, 'message')) as [{ listening: string }]
  const owned = setup.move()
  return {
    url: listening,
    async memory() {
      gateway.send('memory')
      const [memory] = (await once(gateway, 'message')) as [Memory]
      return memory
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function stopped(gateway: ChildProcess): Promise<void> {
  if (gateway.exitCode !== null || gateway.signalCode !== null) return
  gateway.kill('SIGKILL')
  await once(gateway, 'exit')
}
