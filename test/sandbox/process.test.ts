import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { demoPartner } from '../../portmone/sandbox/partners.ts'
import { startSandbox } from '../../portmone/sandbox/sandbox.ts'
import { programEnv } from '../support/program.ts'
import { partnerAt, share, shop } from './partner.ts'

const main = fileURLToPath(new URL('../../portmone/sandbox/main.ts', import.meta.url))

let folder: string
let started: ChildProcessByStdio<null, Readable, Readable>[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'))
})

afterEach(async () => {
  for (const child of started) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  started = []
  rmSync(folder, { recursive: true })
})

function run(environment: NodeJS.ProcessEnv = {}, ...args: string[]) {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...programEnv, SANDBOX_PORT: '0', SANDBOX_DATA_DIR: folder, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  return child
}

/** The output of a process that exits by itself. */
async function outcome(child: ReturnType<typeof run>) {
  const [out, error, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { code, out, error }
}

/** Reads the sandbox's URL and control token from its output. */
async function ready(child: ReturnType<typeof run>) {
  let printed = ''
  for await (const line of createInterface(child.stdout)) {
    printed += `${line}\n`
    if (line.includes('State')) break
  }
  const find = (pattern: RegExp) => pattern.exec(printed)?.[1] ?? expect.fail(`no ${pattern} in: ${printed}`)
  return { url: find(/at (http\S+)/), controlToken: find(/Control token\s+(\S+)/), printed }
}

test('acknowledged data survives a kill and a change of the port', async () => {
  const first = run()
  const { url, printed } = await ready(first)
  expect(printed).toContain(demoPartner.clientSecret)
  const partner = await partnerAt(url, demoPartner)
  const [approved, pending] = [await partner.create(share, 'a'), await partner.create(share, 'b')]
  const approval = await fetch(url + new URL(approved.code).pathname, {
    method: 'POST',
    headers: { origin: url },
    body: new URLSearchParams({ answer: 'approve', persona: 'minor' }),
  })
  expect(approval.status).toBe(200)
  const facts = await partner.facts(approved.code)
  first.kill('SIGKILL')
  await once(first, 'exit')

  const again = await ready(run())
  const partnerAgain = await partnerAt(again.url, demoPartner)
  expect(await partnerAgain.facts(approved.code)).toEqual(facts)
  expect(await partnerAgain.status(pending.code)).toBe('PENDING')
  expect(await partnerAgain.create(share, 'b')).toEqual(pending)
  const control = { method: 'POST', headers: { authorization: `Bearer ${again.controlToken}` } }
  const decline = JSON.stringify({ code: pending.code, answer: 'decline' })
  await fetch(`${again.url}/control/answers`, { ...control, body: decline })
  expect(await partnerAgain.status(pending.code)).toBe('DECLINED')
})

test.each(['SIGTERM', 'SIGINT'] as const)('%s stops the sandbox cleanly', async (signal) => {
  const child = run()
  const { url } = await ready(child)
  await partnerAt(url, demoPartner)
  child.kill(signal)
  expect(await once(child, 'exit')).toEqual([0, null])
})

test('--help lists the variables', async () => {
  const { code, out, error } = await outcome(run({}, '--help'))
  expect([code, error]).toEqual([0, ''])
  for (const name of ['SANDBOX_PORT', 'SANDBOX_HOST', 'SANDBOX_ORIGIN', 'SANDBOX_DATA_DIR'])
    expect(out).toContain(name)
})

test.each([
  ['no port', { SANDBOX_PORT: 'http' }, 'SANDBOX_PORT must be a number'],
  ['a port too high', { SANDBOX_PORT: '70000' }, 'SANDBOX_PORT must be a number'],
  [
    'an origin with a path',
    { SANDBOX_ORIGIN: 'http://a.example/b' },
    'SANDBOX_ORIGIN must be an http or https origin',
  ],
  ['an address that no phone can open', { SANDBOX_HOST: '0.0.0.0' }, 'SANDBOX_ORIGIN is required'],
  ['an address of another machine', { SANDBOX_HOST: '192.0.2.1' }, 'SANDBOX_HOST'],
])('%s gives one clear line and exit code 1', async (_, environment, line) => {
  const { code, error } = await outcome(run(environment))
  expect(code).toBe(1)
  expect(error).toContain(line)
  expect(error.match(/\n/g)).toHaveLength(1)
})

test('a port in use, a folder that is a file and an unknown option give one clear line', async () => {
  await using sandbox = await startSandbox({ partners: [shop] })
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const outcomes = await Promise.all([
    outcome(run({ SANDBOX_PORT: new URL(sandbox.url).port })),
    outcome(run({ SANDBOX_DATA_DIR: file })),
    outcome(run({}, '--port')),
  ])
  const lines = ['address already in use', 'SANDBOX_DATA_DIR', "Unknown option '--port'"]
  for (const [index, { code, out, error }] of outcomes.entries()) {
    expect([code, out]).toEqual([index === 2 ? 2 : 1, ''])
    expect(error).toContain(lines[index])
    expect(error.match(/\n/g)).toHaveLength(1)
  }
})
