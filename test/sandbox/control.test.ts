import { expect, test } from 'vitest'
import type { SetFault } from '../../portmone/sandbox/faults.ts'
import { type Sandbox, startSandbox } from '../../portmone/sandbox/sandbox.ts'
import { Problem } from '../../portmone/wire.ts'
import { calling, partnerAt, shop } from './partner.ts'

const start = () => startSandbox({ partners: [shop] })

const controller =
  (sandbox: Sandbox) =>
  (method: string, path: string, body?: unknown, token = sandbox.controlToken) =>
    fetch(`${sandbox.url}/control${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })

test('control endpoints require the control token', async () => {
  await using sandbox = await start()
  const control = controller(sandbox)
  const { token } = await partnerAt(sandbox.url)
  for (const [method, path] of [
    ['GET', '/faults'],
    ['POST', '/faults'],
    ['DELETE', '/faults'],
    ['POST', '/answers'],
    ['GET', '/calls'],
    ['GET', '/nothing'],
  ] as const) {
    for (const wrong of ['', token, `${sandbox.controlToken}x`]) {
      const response = await control(method, path, method === 'POST' ? {} : undefined, wrong)
      expect(response.ok, `${method} ${path}`).toBe(false)
      expect(Problem.parse(await response.json()).error).toBe('UNAUTHORIZED')
    }
  }
})

test('control endpoints set, list and clear faults', async () => {
  await using sandbox = await start()
  const control = controller(sandbox)
  const { call } = await calling(sandbox)
  const set = await control('POST', '/faults', { kind: 'server-error', call: 'status', times: 2 })
  const { id } = (await set.json()) as { id: string }
  await call.status()
  const listed = (await (await control('GET', '/faults')).json()) as SetFault[]
  expect(listed).toEqual([{ id, fault: { kind: 'server-error', call: 'status', times: 2 }, left: 1 }])
  expect((await control('DELETE', `/faults/${id}`)).status).toBe(204)
  expect((await control('DELETE', `/faults/${id}`)).status).toBe(404)
  expect((await call.status()).status).toBe(200)
  await control('POST', '/faults', { kind: 'unauthorized' })
  expect((await control('DELETE', '/faults')).status).toBe(204)
  expect(sandbox.faults()).toEqual([])
  const bad = await control('POST', '/faults', { kind: 'latency' })
  expect([bad.status, Problem.parse(await bad.json()).message]).toEqual([400, expect.stringContaining('ms')])
})

test('control endpoints answer share requests without a phone', async () => {
  await using sandbox = await start()
  const control = controller(sandbox)
  const { create, status, facts } = await partnerAt(sandbox.url)
  const [{ code }, other, third] = [await create(), await create(), await create()]
  expect((await control('POST', '/answers', { code, answer: 'approve', persona: 'minor' })).status).toBe(204)
  expect((await facts(code)).facts.ageOver18).toBe(false)
  await control('POST', '/answers', { code: third.code, answer: 'approve' })
  expect((await facts(third.code)).facts.ageOver18).toBe(true)
  expect((await control('POST', '/answers', { code: other.code, answer: 'decline' })).status).toBe(204)
  expect(await status(other.code)).toBe('DECLINED')
  expect((await control('POST', '/answers', { code, answer: 'decline' })).status).toBe(409)
  expect((await control('POST', '/answers', { code: 'unknown', answer: 'decline' })).status).toBe(404)
  expect((await control('POST', '/answers', { code, answer: 'approve', persona: 'nobody' })).status).toBe(400)
})

test('control endpoints list the calls', async () => {
  await using sandbox = await start()
  const { code, call } = await calling(sandbox)
  await call.status()
  const listed = await (await controller(sandbox)('GET', '/calls')).json()
  expect(listed).toContainEqual({ kind: 'status', code, count: 1, inFlight: 0, maxInFlight: 1 })
  expect(listed).toContainEqual({ kind: 'token', count: 1, inFlight: 0, maxInFlight: 1 })
})
