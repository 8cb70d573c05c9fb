import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { pathOf } from '../support/program.ts'

/** A gateway process that can be restarted on its port. */
export interface GatewayProcess {
  port: number
  /** Sends SIGTERM, waits for the end, and starts it again. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export async function startGatewayProcess(settings: Record<string, string>): Promise<GatewayProcess> {
  const port = await freePort()
  const env = { PATH: process.env.PATH, NODE_ENV: 'production', ...settings, PORT: String(port) }
  let child = await startAndListen(env)
  const stop = async () => {
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    await exited
  }
  return {
    port,
    async restart() {
      await stop()
      child = await startAndListen(env)
    },
    stop,
  }
}

async function startAndListen(env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, [pathOf('server/main.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output: string[] = []
  const lines = createInterface(child.stdout!)
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      output.push(line)
      if (line.includes('"gateway listening"')) resolve()
    })
    child.once('exit', (code) => reject(new Error(`The gateway ended with ${code}:\n${output.join('\n')}`)))
  })
  return child
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
