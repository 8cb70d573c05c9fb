import { once } from 'node:events'
import { createServer } from 'node:net'
import { request } from 'undici'
import type { Config } from '../../config.ts'
import { listenError } from '../../http/server.ts'
import { type Finding, failure, ok, warning } from './finding.ts'

const check = 'port'

const readinessTimeoutMs = 3_000

interface PortFinding {
  finding: Finding
  /** Whether a gateway already listens there. */
  gatewayListens: boolean
}

/** Whether a gateway could listen on the configured port or, if one already does, whether it is ready. */
export async function checkPort({ port, host }: Pick<Config, 'port' | 'host'>): Promise<PortFinding> {
  const found = (finding: Finding, gatewayListens = false): PortFinding => ({ finding, gatewayListens })
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
    return found(
      ok(check, port === 0 ? `the gateway will use a free one on ${host}` : `${port} on ${host} is free`),
    )
  } catch (error) {
    const answer = await readiness(port, host)
    if (answer === 'ready') return found(ok(check, `a gateway listens on ${host}:${port} and is ready`), true)
    if (answer === 'not ready')
      return found(
        warning(
          check,
          `a gateway listens on ${host}:${port} and is not ready: it is stopping, or its store is unavailable. See its log.`,
        ),
        true,
      )
    return found(failure(check, listenError(error as NodeJS.ErrnoException, port, host).message))
  } finally {
    server.close()
  }
}

/** What a gateway on this address says about its readiness; null if nothing answers. */
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

/** A server that listens on all addresses can be reached by loopback. */
const everyAddress: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
