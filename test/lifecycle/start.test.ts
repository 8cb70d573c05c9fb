import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { overHttp } from '../support/clients.ts'
import { create, operations } from '../support/operations.ts'
import { pathOf, programEnv, runProgram } from '../support/program.ts'

// Each test starts one or more processes.
vi.setConfig({ testTimeout: 90_000 })

const folder = mkdtempSync(join(tmpdir(), 'start-'))
afterAll(() => rmSync(folder, { recursive: true }))

const complete = {
  PORT: '0',
  GATEWAY_SECRET: randomBytes(32).toString('base64'),
  PORTMONE_URL: 'http://127.0.0.1:9',
  PORTMONE_CLIENT_ID: 'id',
  PORTMONE_CLIENT_SECRET: 'secret',
  POLICIES_FILE: pathOf('server/share-requests/sample-policies.json'),
  DATA_DIR: join(folder, 'gateway'),
}

async function takenPort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { port: String(address.port), [Symbol.dispose]: () => void server.close() }
}

describe('a program that cannot start says what to do and exits with 1', () => {
  test.each([
    ['nothing is configured', {}],
    ['a weak secret and nothing else is', { GATEWAY_SECRET: 'short' }],
  ])('%s: lists every wrong variable once', async (_, env) => {
    const { code, output } = await runProgram('server/main.ts', env)
    expect(code).toBe(1)
    for (const name of [
      'GATEWAY_SECRET',
      'PORTMONE_URL',
      'PORTMONE_CLIENT_ID',
      'PORTMONE_CLIENT_SECRET',
      'POLICIES_FILE',
    ])
      expect(output.split(`  ${name} `), name).toHaveLength(2)
    expect(output).not.toContain('    at ')
  })

  test.each<[string, Record<string, string>, RegExp]>([
    ['a weak secret', { GATEWAY_SECRET: 'short' }, /GATEWAY_SECRET must have at least 32 random characters/],
    ['one character over and over', { GATEWAY_SECRET: 'x'.repeat(32) }, /GATEWAY_SECRET is too predictable/],
    [
      'a word over and over',
      { GATEWAY_SECRET: 'gateway-secret-'.repeat(4) },
      /GATEWAY_SECRET is too predictable/,
    ],
    [
      'a sample',
      { GATEWAY_SECRET: 'change-me-0123456789-abcdefghijklm' },
      /GATEWAY_SECRET is too predictable/,
    ],
    ['a port that is none', { PORT: '99999' }, /PORT must be /],
    ['a URL that is none', { PORTMONE_URL: 'portmone' }, /PORTMONE_URL must be a URL that starts with http/],
    ['a word that is none', { GRAPHIQL: 'yes' }, /GRAPHIQL must be on or off/],
    ['a missing policies file', { POLICIES_FILE: join(folder, 'none.json') }, /none\.json: ENOENT/],
    ['a folder that cannot exist', { DATA_DIR: '/dev/null/data' }, /DATA_DIR/],
    ['a logo that is none', { BRAND_LOGO: join(folder, 'logo.exe') }, /BRAND_LOGO must be one of .*\.svg/],
  ])('%s', async (_, env, message) => {
    const { code, output } = await runProgram('server/main.ts', { ...complete, ...env })
    expect(output).toMatch(message)
    expect(output).not.toContain('    at ')
    expect(code).toBe(1)
  })

  test('a malformed policies file', async () => {
    const file = join(folder, 'policies.json')
    writeFileSync(file, '[{ "name": "x" }]')
    const { code, output } = await runProgram('server/main.ts', { ...complete, POLICIES_FILE: file })
    expect(output).toMatch(/policies\.json is not a valid policies file:\n {2}\[0\]\["access"\]/)
    expect(code).toBe(1)
  })

  test('a port that is in use', async () => {
    using taken = await takenPort()
    const { code, output } = await runProgram('server/main.ts', { ...complete, PORT: taken.port })
    expect(output).toContain(
      `Port ${taken.port} on 127.0.0.1 is in use. Stop the program that listens there, or set PORT to another port.`,
    )
    expect(code).toBe(1)
  })

  test('the demo: either port taken', async () => {
    using taken = await takenPort()
    const env = { DATA_DIR: join(folder, 'demo-taken'), PORT: '0', SANDBOX_PORT: '0' }
    for (const name of ['PORT', 'SANDBOX_PORT']) {
      const { code, output } = await runProgram('demo/main.ts', { ...env, [name]: taken.port })
      expect(output.toLowerCase()).toContain(`set ${name}`.toLowerCase())
      expect(output).not.toContain('    at ')
      expect(code).toBe(1)
    }
  })

  test('GraphiQL that is not installed', async () => {
    const hook = `import { registerHooks } from 'node:module'
      registerHooks({ resolve(name, context, next) {
        if (name.includes('render-graphiql')) throw new Error('not installed')
        return next(name, context)
      } })`
    const { code, output } = await runProgram('server/main.ts', {
      ...complete,
      GRAPHIQL: 'on',
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}`,
    })
    expect(output).toContain('GRAPHIQL needs the optional package @graphql-yoga/render-graphiql')
    expect(output).not.toContain('    at ')
    expect(code).toBe(1)
  })

  test('a Node that is too old is rejected with where to get the right one', () => {
    const check = readFileSync(pathOf('server/cli/check-node.js'), 'utf8').replaceAll('process', 'old')
    const said: string[] = []
    const exits: number[] = []
    const old = { versions: { node: '20.1.0' }, version: 'v20.1.0', exit: (code: number) => exits.push(code) }
    new Function('old', 'console', check)(old, { error: (line: string) => said.push(line) })
    expect(said[0]).toMatch(/^Node 24 or newer is required \(this is v20\.1\.0\).*npm ci/)
    expect(exits).toEqual([1])
  })
})

/** Starts the demo and waits until it prints its URLs. */
async function startDemo(env: Record<string, string>) {
  const child = spawn(process.execPath, [pathOf('demo/main.ts')], { env: { ...programEnv, ...env } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  await expect.poll(() => output, { timeout: 30_000 }).toContain('Stop with Ctrl+C')
  const read = (pattern: RegExp) => pattern.exec(output)?.[1] ?? ''
  return {
    url: read(/The page +(\S+)/),
    sandbox: read(/the sandbox at (\S+)/),
    partnerKey: read(/Partner key +(\S+)/),
    controlToken: read(/with the token (\S+)/),
    async stop() {
      child.kill('SIGINT')
      const [code] = await once(child, 'exit')
      return { code, output }
    },
  }
}

test('the demo is Demo Shop on the page, on the phone and on the secure page', async () => {
  const demo = await startDemo({ DATA_DIR: join(folder, 'shop'), PORT: '0', SANDBOX_PORT: '0' })
  const { code } = await create(overHttp(demo.url))
  expect(await (await fetch(`${demo.url}/brand.json`)).json()).toEqual({ name: 'Demo Shop' })
  for (const url of [code, `${demo.url}/secure`])
    expect(await (await fetch(url)).text()).toContain('Demo Shop')
  expect((await demo.stop()).code).toBe(0)
})

test('the demo keeps its share requests over a restart', async () => {
  const env = { DATA_DIR: join(folder, 'demo'), PORT: '0', SANDBOX_PORT: '0' }
  const first = await startDemo(env)
  const { id, clientSecret, code } = await create(overHttp(first.url))
  expect((await first.stop()).code).toBe(0)

  const second = await startDemo({ ...env, SANDBOX_PORT: new URL(first.sandbox).port })
  expect(second.partnerKey).toBe(first.partnerKey)
  const approval = await fetch(`${second.sandbox}/control/answers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${second.controlToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ code, answer: 'approve', persona: 'adult' }),
  })
  expect(approval.ok).toBe(true)
  // A check that finds another one in progress, such as the first after the start, reports the state as it is.
  const check = () => overHttp(second.url).run(operations.check, { input: { id, clientSecret } })
  await expect
    .poll(async () => (await check()).data.checkShareRequest.status.__typename, { timeout: 10_000 })
    .toBe('ApprovedStatus')
  const partner = overHttp(second.url, second.partnerKey)
  expect((await partner.run(operations.facts, { id })).data.shareRequest.facts.ageOver).toBe(true)
  const { code: exitCode, output } = await second.stop()
  expect(exitCode).toBe(0)
  expect(output).not.toMatch(/Warning|Error/)
})
