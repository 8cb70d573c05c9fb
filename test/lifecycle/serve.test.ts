import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { pathOf } from '../support/program.ts'

const { NODE_OPTIONS: _, ...environment } = process.env

test.each(['SIGTERM', 'SIGINT'] as const)(
  'npm run serve passes %s on to the gateway, which drains',
  {
    timeout: 60_000,
  },
  async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), 'serve-'))
    const npm = spawn('npm', ['run', '--silent', 'serve'], {
      cwd: pathOf(''),
      env: {
        ...environment,
        PORT: '0',
        SHUTDOWN_DELAY: '0',
        GATEWAY_SECRET: randomBytes(32).toString('base64'),
        PORTMONE_URL: 'http://127.0.0.1:9',
        PORTMONE_CLIENT_ID: 'id',
        PORTMONE_CLIENT_SECRET: 'secret',
        POLICIES_FILE: pathOf('server/share-requests/sample-policies.json'),
        DATA_DIR: folder,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    })
    const exited = once(npm, 'exit')
    // A process that npm leaves behind keeps its output open.
    const deadline = setTimeout(() => killGroup(npm.pid!), 20_000)
    const messages: string[] = []
    let url = ''
    try {
      for await (const line of createInterface(npm.stdout)) {
        const entry = JSON.parse(line)
        messages.push(entry.msg)
        if (entry.msg !== 'gateway listening') continue
        url = entry.url
        expect((await fetch(`${url}/readyz`)).status).toBe(200)
        npm.kill(signal)
      }
      await exited
      expect(messages).toEqual(['gateway listening', 'shutting down', 'gateway stopped'])
      await expect(fetch(url)).rejects.toThrow()
    } finally {
      clearTimeout(deadline)
      killGroup(npm.pid!)
      rmSync(folder, { recursive: true })
    }
  },
)

/** Kills the processes that npm left behind. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
