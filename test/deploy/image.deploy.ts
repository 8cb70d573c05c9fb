import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSandbox } from '../../portmone/sandbox/sandbox.ts'
import { overHttp, overWebSocket } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'
import { testPartner } from '../support/stage.ts'
import { type BuiltImage, buildImage } from './container.ts'
import { freePort } from './gateways.ts'
import { run } from './tools.ts'

const folder = mkdtempSync(join(tmpdir(), 'image-'))
let image: BuiltImage
beforeAll(async () => {
  image = await buildImage(folder)
})
afterAll(async () => {
  await image?.remove()
  rmSync(folder, { recursive: true, force: true })
})

test('the image runs Node directly as an unprivileged user, and has a health check', () => {
  expect(image.config).toMatchObject({
    User: '1000:1000',
    WorkingDir: '/app',
    Cmd: ['node', 'server/main.ts'],
    StopSignal: 'SIGTERM',
    Volumes: { '/data': {} },
  })
  expect(image.config.Env).toEqual(expect.arrayContaining(['NODE_ENV=production', 'HOST=0.0.0.0']))
  expect(image.config.Healthcheck.Test[0]).toBe('CMD')
})

test('the image has the built pages and production dependencies, and no development files', () => {
  const has = (path: string) => existsSync(join(image.root, 'app', path))
  for (const path of ['client/dist/index.html', 'node_modules/graphql', 'server/main.ts', 'portmone/wire.ts'])
    expect(has(path), path).toBe(true)
  for (const path of ['node_modules/vite', 'node_modules/node', 'test', 'demo', 'portmone/sandbox', '.git'])
    expect(has(path), path).toBe(false)
})

test('the gateway verifies a customer and drains on SIGTERM, as an unprivileged user on a read-only root', async () => {
  const sandbox = await startSandbox({ partners: [testPartner] })
  const port = await freePort()
  await run('mount', ['-t', 'tmpfs', '-o', 'uid=1000,gid=1000,mode=700', 'tmpfs', join(image.root, 'data')])
  await run('mount', ['-t', 'tmpfs', '-o', 'mode=1777', 'tmpfs', join(image.root, 'tmp')])
  writeFileSync(join(image.root, 'tmp/gateway-secret'), 'q0W3e7R1t5Y9u2I6o4P8a0S3d7F1g5H9\n')
  writeFileSync(join(image.root, 'tmp/client-secret'), `${testPartner.clientSecret}\n`)
  const settings = {
    PORT: String(port),
    PORTMONE_URL: sandbox.url,
    PORTMONE_CLIENT_ID: testPartner.clientId,
    PORTMONE_CLIENT_SECRET_FILE: '/tmp/client-secret',
    GATEWAY_SECRET_FILE: '/tmp/gateway-secret',
    POLICIES_FILE: 'server/share-requests/sample-policies.json',
    SHUTDOWN_DELAY: '1',
  }
  const gateway = start(image.config.Cmd, settings)
  const exited = once(gateway, 'exit')
  try {
    const messages: string[] = []
    const url = `http://127.0.0.1:${port}`
    const health = () => exitCode(start(image.config.Healthcheck.Test.slice(1), settings))
    expect(await health()).toBe(1)

    for await (const line of createInterface(gateway.stdout!)) {
      const { msg } = JSON.parse(line)
      messages.push(msg)
      if (msg !== 'gateway listening') continue
      expect(await health()).toBe(0)
      expect((await fetch(url)).headers.get('content-type')).toContain('text/html')

      const customer = overHttp(url)
      const { id, clientSecret, code } = await create(customer)
      const socket = overWebSocket(url)
      const events = socket.subscribe(operations.follow, { id, clientSecret })
      expect((await events.next()).value.data.shareRequestStatus.__typename).toBe('PendingStatus')
      sandbox.approve(code, 'adult')
      await customer.run(operations.check, { input: { id, clientSecret } })
      expect((await events.next()).value.data.shareRequestStatus).toMatchObject({
        __typename: 'ApprovedStatus',
        outcome: { passed: true },
      })
      await socket.dispose()

      gateway.kill('SIGTERM')
      await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(503)
      expect(await health()).toBe(1)
      const read = await overHttp(url).run(operations.read, { id, clientSecret })
      expect(read.data.shareRequest.status.__typename).toBe('ApprovedStatus')
    }
    expect(await exited).toEqual([0, null])
    expect(messages.at(0)).toBe('gateway listening')
    expect(messages.slice(-1)).toEqual(['gateway stopped'])
  } finally {
    gateway.kill('SIGKILL')
    await sandbox.stop()
  }
})

/** Runs a command in the image, with the image's user, working directory and environment. */
function start(command: readonly string[], settings: Record<string, string>): ChildProcess {
  const { User, WorkingDir, Env } = image.config
  const environment = [...Env, ...Object.entries(settings).map(([name, value]) => `${name}=${value}`)]
  return spawn(
    'chroot',
    [`--userspec=${User}`, image.root, 'env', '-i', '-C', WorkingDir, ...environment, ...command],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
}

async function exitCode(child: ChildProcess): Promise<number> {
  const [code] = await once(child, 'exit')
  return code
}
