import { createDispatcher, type ProxyOptions } from './dispatcher.ts'
import { createExchange } from './exchange.ts'
import { UpstreamFailure } from './failure.ts'
import type { UpstreamMonitor } from './monitor.ts'
import { tokenRequest } from './requests.ts'

export interface ProbeOptions {
  /** Where the Portmone Service is. */
  url: string
  clientId: string
  clientSecret: string
  proxy?: ProxyOptions | undefined
}

export interface Probe {
  /** Null where the credentials were accepted. */
  failure: UpstreamFailure | null
  /** Portmone's clock by the `date` of its answer, in whole seconds, and this machine's then; null without an answer. */
  clocks: { portmone: number; here: number } | null
}

/** Milliseconds. */
const timeouts = { connect: 2_000, answer: 4_000 }

const unwatched: UpstreamMonitor = {
  call() {},
  shortCircuited() {},
  unknownStatus() {},
  unusableFacts() {},
  circuit() {},
}

/** Asks Portmone for a token, once, as the gateway would, and throws that token away. */
export async function probePortmone({ url, proxy, ...credentials }: ProbeOptions): Promise<Probe> {
  const dispatcher = createDispatcher({
    url: new URL(url),
    proxy,
    connections: 1,
    connectTimeoutMs: timeouts.connect,
    keepAliveTimeoutMs: timeouts.answer,
  })
  let clocks: Probe['clocks'] = null
  const exchange = createExchange({
    async send(request) {
      const answer = await dispatcher.request(request)
      const portmone = Date.parse(String(answer.headers.date))
      if (!Number.isNaN(portmone)) clocks = { portmone, here: Date.now() }
      return answer
    },
    url: new URL(url),
    maxAnswer: 64 * 1024,
    monitor: unwatched,
  })
  try {
    await exchange(tokenRequest(credentials), undefined, AbortSignal.timeout(timeouts.answer))
    return { failure: null, clocks }
  } catch (failure) {
    if (!(failure instanceof UpstreamFailure)) throw failure
    return { failure, clocks }
  } finally {
    await dispatcher.destroy()
  }
}
