import { once } from 'node:events'
import { createServer } from 'node:net'
import { request } from 'undici'
import type { Config } from '../../config.ts'
import { listenError } from '../../http/server.ts'
import { type Finding, failure, ok, warning } from './finding.ts'

const check = 'port'

/** Milliseconds that a gateway has to say whether it is ready. */
const readinessTimeoutMs = 3_000

interface PortFinding {
  finding: Finding
  /** Whether a gateway listens there. */
  gatewayListens: boolean
}

/** Whether a gateway could listen where it is told to or, if one does already, whether that one is ready. */
export async function checkPort({ port, host }: Pick<Config, 'port' | 'host'>): Promise<PortFinding> {
  const found = (finding: Finding, gatewayListens = false): PortFinding => ({ finding, gatewayListens })
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
    return found(
      ok(check, port === 0 ? `one that is free on ${host} will be taken` : `${port} on ${host} is free`),
    )
  } catch (error) {
    const answer = await readiness(port, host)
    if (answer === 'ready') return found(ok(check, `a gateway listens on ${host}:${port} and is ready`), true)
    if (answer === 'not ready')
      return found(
        warning(
          check,
          `a gateway listens on ${host}:${port} and is not ready: it is being stopped, or its store fails. Its log says which.`,
        ),
        true,
      )
    return found(failure(check, listenError(error as NodeJS.ErrnoException, port, host).message))
  } finally {
    server.close()
  }
}

/** What the gateway on this address says of itself; null where there is none. */
async function readiness(port: number, host: string): Promise<string | null> {
  const reached = everyAddress[host] ?? host
  const origin = `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`
  try {
    const { body } = await request(`${origin}/readyz`, { signal: AbortSignal.timeout(readinessTimeoutMs) })
    return await body.text()
  } catch {
    return null
  }
}

/** Who listens on all addresses is reached by the loopback one. */
const everyAddress: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
