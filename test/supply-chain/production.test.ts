import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  allowedLicences,
  isLicenceAllowed,
  productionPackages,
  readLockfile,
} from '../../server/cli/production-packages.ts'
import { pathOf, runProgram } from '../support/program.ts'

const packages = productionPackages(readLockfile())
const idOf = ({ name, version }: { name: string; version: string }) => `${name}@${version}`

test('every production dependency has an allowed licence, and npm run licences lists it', async () => {
  expect(packages.map(({ name }) => name)).toEqual(expect.arrayContaining(['graphql', 'pg', 'ws', 'zod']))
  const { code, output } = await runProgram('server/cli/licences.ts', {})
  expect(output).not.toContain('Not allowed')
  expect(code).toBe(0)
  for (const { licence, ...installed } of packages)
    expect(output).toMatch(`${licence.padEnd(14)} ${idOf(installed)}`)
})

test.each([
  ['GPL-3.0-only', false],
  ['UNKNOWN', false],
  ['(MIT OR GPL-2.0)', true],
  ['(GPL-2.0 OR AGPL-3.0)', false],
  ['MIT AND GPL-2.0', false],
  [allowedLicences[0]!, true],
])('licence %s: %s', (licence, allowed) => {
  expect(isLicenceAllowed(licence)).toBe(allowed)
})

test('the SBOM lists every production dependency and nothing else', { timeout: 60_000 }, async () => {
  const { code, output } = await runProgram('server/cli/sbom.ts', { HOME: process.env.HOME })
  expect(code, output).toBe(0)
  const { bomFormat, metadata, components } = JSON.parse(output)
  expect(bomFormat).toBe('CycloneDX')
  expect(metadata.component.name).toBe('portmone-gateway')
  expect(components.map(idOf).sort()).toEqual([...new Set(packages.map(idOf))].sort())
  for (const { purl, hashes, licenses } of components) {
    expect(purl).toMatch(/^pkg:npm\//)
    expect(hashes).not.toEqual([])
    expect(licenses).not.toEqual([])
  }
})

describe('npm ci --omit=dev --workspaces=false', () => {
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'production-'))
    const files = execFileSync(
      'git',
      [
        'ls-files',
        'package.json',
        'package-lock.json',
        '.npmrc',
        'server',
        'portmone/wire*.ts',
        'client/generated',
      ],
      {
        cwd: pathOf(''),
        encoding: 'utf8',
      },
    )
    for (const file of files.trim().split('\n')) cpSync(pathOf(file), join(folder, file), { recursive: true })
    await promisify(execFile)(
      'npm',
      ['ci', '--omit=dev', '--workspaces=false', '--prefer-offline', '--no-audit'],
      { cwd: folder },
    )
  }, 180_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  test('installs exactly the production dependencies, none of which has an install script', () => {
    const manifests = globSync(`${folder}/node_modules/**/package.json`).filter((file) =>
      /node_modules\/(@[^/]+\/)?[^/]+$/.test(dirname(file)),
    )
    const installed = manifests.map((file) => JSON.parse(readFileSync(file, 'utf8')))
    expect(installed.map(idOf).sort()).toEqual(packages.map(idOf).sort())
    const withScripts = installed.filter(
      ({ scripts = {}, gypfile }) => gypfile || scripts.preinstall || scripts.install || scripts.postinstall,
    )
    expect(withScripts.map(idOf)).toEqual([])
  })

  test('is enough to run the gateway with a Node of the operator', { timeout: 60_000 }, async () => {
    const gateway = spawn(process.execPath, ['server/main.ts'], {
      cwd: folder,
      env: {
        PORT: '0',
        SHUTDOWN_DELAY: '0',
        GATEWAY_SECRET: 'q0W3e7R1t5Y9u2I6o4P8a0S3d7F1g5H9',
        PORTMONE_URL: 'http://127.0.0.1:9',
        PORTMONE_CLIENT_ID: 'id',
        PORTMONE_CLIENT_SECRET: 'secret',
        POLICIES_FILE: 'server/share-requests/sample-policies.json',
        DATA_DIR: join(folder, 'data'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const exited = once(gateway, 'exit')
    const output: string[] = []
    gateway.stderr.on('data', (chunk) => output.push(String(chunk)))
    for await (const line of createInterface(gateway.stdout)) {
      const { msg, url } = JSON.parse(line)
      output.push(msg)
      if (msg !== 'gateway listening') continue
      expect((await fetch(`${url}/readyz`)).status).toBe(200)
      gateway.kill('SIGTERM')
    }
    expect(await exited).toEqual([0, null])
    expect(output.slice(-3)).toEqual(['gateway listening', 'shutting down', 'gateway stopped'])
  })
})
