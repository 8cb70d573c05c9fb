import { createDispatcher, type ProxyOptions } from './dispatcher.ts'
import { createExchange } from './exchange.ts'
import { UpstreamFailure } from './failure.ts'
import type { UpstreamMonitor } from './monitor.ts'
import { tokenRequest } from './requests.ts'
import { send } from './send.ts'

export interface ProbeOptions {
  /** Base URL of the Portmone Service. */
  url: string
  clientId: string
  clientSecret: string
  proxy?: ProxyOptions | undefined
}

export interface Probe {
  /** Null if the credentials were accepted. */
  failure: UpstreamFailure | null
  /** Portmone's clock, from the `date` of its answer in whole seconds, and this machine's clock; null without an answer. */
  clocks: { portmone: number; here: number } | null
}

const timeoutsMs = { connect: 2_000, answer: 4_000 }

const limits = { timeoutMs: timeoutsMs.answer, maxAnswerBytes: 64 * 1024 }

const noMonitor: UpstreamMonitor = {
  call() {},
  shortCircuited() {},
  unknownStatus() {},
  unusableFacts() {},
  circuit() {},
}

/** Requests a token from Portmone once, as the gateway does, and discards it. */
export async function probePortmone({ url, proxy, ...credentials }: ProbeOptions): Promise<Probe> {
  const dispatcher = createDispatcher({
    url: new URL(url),
    proxy,
    connections: 1,
    connectTimeoutMs: timeoutsMs.connect,
    keepAliveTimeoutMs: timeoutsMs.answer,
  })
  let clocks: Probe['clocks'] = null
  const exchange = createExchange({
    async send(request, signal) {
      const answer = await send(dispatcher, request, limits, signal)
      const portmone = Date.parse(String(answer.headers.date))
      if (!Number.isNaN(portmone)) clocks = { portmone, here: Date.now() }
      return answer
    },
    url: new URL(url),
    monitor: noMonitor,
  })
  try {
    await exchange(tokenRequest(credentials), undefined, new AbortController().signal)
    return { failure: null, clocks }
  } catch (failure) {
    if (!(failure instanceof UpstreamFailure)) throw failure
    return { failure, clocks }
  } finally {
    await dispatcher.destroy()
  }
}
