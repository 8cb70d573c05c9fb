import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { overHttp, overWebSocket } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'
import { startStage } from '../support/stage.ts'

/** Sends a request on a kept-alive connection. @returns whether the connection was reused. */
async function ask(url: string, agent: Agent) {
  const sent = request(`${url}/healthz`, { agent })
  sent.end()
  const [response]: IncomingMessage[] = await once(sent, 'response')
  response?.resume()
  await once(response!, 'end')
  return {
    status: response?.statusCode,
    keepAlive: response?.headers['keep-alive'],
    reused: sent.reusedSocket,
  }
}

test('keeps an idle connection for KEEP_ALIVE_TIMEOUT, longer than requests may take to arrive', async () => {
  await using stage = await startStage({ config: { keepAliveTimeoutMs: 20_000, requestTimeoutMs: 100 } })
  // A client that never closes idle connections, like a proxy with a longer keep-alive.
  const agent = new Agent({ keepAlive: true, maxSockets: 1, agentKeepAliveTimeoutBuffer: 0 })
  const answer = { status: 200, keepAlive: 'timeout=20' }
  expect(await ask(stage.gateway.url, agent)).toEqual({ ...answer, reused: false })
  // A request that takes as long is aborted; the idle connection stays open.
  await delay(1_000)
  expect(await ask(stage.gateway.url, agent)).toEqual({ ...answer, reused: true })
  agent.destroy()
})

test('after SIGTERM readiness fails first, while everything is still served', async () => {
  await using stage = await startStage()
  const { url } = stage.gateway
  const before = await create(overHttp(url))
  const stopped = stage.gateway.stop({ delayMs: 1_500 })
  expect((await fetch(`${url}/readyz`)).status).toBe(503)
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  const customer = overWebSocket(url)
  const { id, clientSecret, code } = await create(customer)
  stage.sandbox.approve(code, 'adult')
  const { data } = await customer.run(operations.check, { input: { id, clientSecret } })
  expect(data.checkShareRequest.status.__typename).toBe('ApprovedStatus')
  const { id: same } = (
    await overHttp(url).run(operations.read, { id: before.id, clientSecret: before.clientSecret })
  ).data.shareRequest
  expect(same).toBe(before.id)
  await customer.dispose()
  await stopped
  await expect(fetch(`${url}/readyz`)).rejects.toThrow()
  await stage.restartGateway()
})
