import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest'
import { type Sandbox, startSandbox } from '../../portmone/sandbox/sandbox.ts'
import { pathOf, runProgram } from '../support/program.ts'
import { testPartner } from '../support/stage.ts'

let sandbox: Sandbox
let folder: string

/** Call it once in a file. Before each test it sets up the environment of a healthy gateway for the doctor to check. */
export function prepareEnvironment() {
  vi.setConfig({ testTimeout: 90_000 })
  beforeAll(async () => {
    sandbox = await startSandbox({ partners: [testPartner] })
  })
  afterAll(() => sandbox.stop())
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'doctor-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))
}

/** A path in this test's folder. Its `data` folder is the embedded store's. */
export const inFolder = (...path: string[]) => join(folder, ...path)

/** The sandbox that the environment names as Portmone. */
export const sandboxUrl = () => sandbox.url

/** Runs the doctor in the healthy environment with `changes`. @returns its exit code and the lines that are not ok. */
export async function examine(changes: Record<string, string> = {}) {
  const env = {
    PORT: '0',
    GATEWAY_SECRET: randomBytes(32).toString('base64'),
    PORTMONE_URL: sandbox.url,
    PORTMONE_CLIENT_ID: testPartner.clientId,
    PORTMONE_CLIENT_SECRET: testPartner.clientSecret,
    POLICIES_FILE: pathOf('server/share-requests/sample-policies.json'),
    DATA_DIR: inFolder('data'),
    ...changes,
  }
  const { code, output } = await runProgram('server/cli/doctor/main.ts', env)
  expect(output).not.toContain('    at ')
  const secrets = [env.GATEWAY_SECRET, env.PORTMONE_CLIENT_SECRET, 'canary-password']
  for (const secret of secrets) if (secret) expect(output).not.toContain(secret)
  // How fast the disk of the machine is depends on what else it does.
  const bad = output.split('\n').filter((line) => /^(failure|warning) +(?!disk .* takes)/.test(line))
  return { code, output, bad }
}

/** Expects that `changes` to the healthy environment cause one failure, reported in one line. */
export async function expectFailure(changes: Record<string, string>, line: RegExp) {
  const { code, bad } = await examine(changes)
  expect(bad).toEqual([expect.stringMatching(line)])
  expect(code).toBe(1)
}

export async function expectWarning(changes: Record<string, string>, line: RegExp) {
  const { code, bad } = await examine(changes)
  expect(bad).toEqual([expect.stringMatching(line)])
  expect(code).toBe(0)
}
