import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { partnerOf } from '../../server/share-requests/partner-keys.ts'
import { openStore } from '../../server/store/index.ts'
import { openPostgresStore } from '../../server/store/postgres.ts'
import { closedAfterTest, temporaryFolder } from '../store/harness.ts'
import { startPostgres } from '../support/postgres.ts'
import { programEnv } from '../support/program.ts'

const tool = fileURLToPath(new URL('../../server/cli/partner-key.ts', import.meta.url))
const day = 86_400_000

interface Ran {
  exitCode: number
  stdout: string
  stderr: string
}

/** Runs the tool from the command line. */
const run = (env: Record<string, string>, ...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [tool, ...args],
      { env: { ...programEnv, ...env } },
      (_, stdout, stderr) => resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    )
  })

describe('npm run partner-key', { timeout: 60_000 }, () => {
  test('creates, lists and revokes keys beside a running gateway', async () => {
    const DATA_DIR = await temporaryFolder()
    const gateway = closedAfterTest(await openStore({ dataDir: DATA_DIR }))
    expect(await run({ DATA_DIR }, 'list')).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringContaining('no partner keys'),
    })

    const scopes = ['--scope', 'facts:read', '--scope', 'share-requests:read']
    const made = await run({ DATA_DIR }, 'create', '--name', 'web shop', ...scopes, '--expires-in-days', '30')
    expect(made.exitCode).toBe(0)
    const key = made.stdout.trim()
    expect(made.stdout).toBe(`${key}\n`)
    expect(made.stderr).not.toContain(key)
    const partner = await partnerOf(gateway, key, gateway.now())
    expect(partner?.scopes).toEqual(['share-requests:read', 'facts:read'])
    expect(await partnerOf(gateway, key, gateway.now() + 29 * day)).toEqual(partner)
    expect(await partnerOf(gateway, key, gateway.now() + 30 * day)).toBeNull()

    const { keyId } = partner!
    const listed = await run({ DATA_DIR }, 'list')
    expect(listed.stdout).toMatch(
      new RegExp(
        `^${keyId}  expires [\\d-]{10}  created [\\d-]{10}  share-requests:read,facts:read  web shop\\n$`,
      ),
    )
    expect(await run({ DATA_DIR }, 'revoke', keyId)).toMatchObject({ exitCode: 0, stdout: '' })
    expect(await partnerOf(gateway, key, gateway.now())).toBeNull()
    expect((await run({ DATA_DIR }, 'list')).stdout).toContain('revoked')
  })

  test('stores hashes: no file of the store contains the key', async () => {
    const DATA_DIR = await temporaryFolder()
    const { stdout } = await run({ DATA_DIR }, 'create', '--name', 'shop', '--scope', 'facts:read')
    const secret = stdout.trim().split('_').slice(2).join('_')
    expect(secret).toHaveLength(43)
    for (const file of await readdir(DATA_DIR))
      expect((await readFile(join(DATA_DIR, file))).includes(secret), file).toBe(false)
  })

  test('stores keys in PostgreSQL if DATABASE_URL or DATABASE_URL_FILE is set', async () => {
    const postgres = await startPostgres()
    try {
      const url = await postgres.createDatabase()
      const made = await run({ DATABASE_URL: url }, 'create', '--name', 'shop', '--scope', 'facts:read')
      expect(made).toMatchObject({ exitCode: 0 })
      const store = await openPostgresStore({ url })
      expect((await partnerOf(store, made.stdout.trim(), store.now()))?.scopes).toEqual(['facts:read'])
      await store.close()
      const file = join(await temporaryFolder(), 'database-url')
      await writeFile(file, `${url}\n`)
      expect((await run({ DATABASE_URL_FILE: file }, 'list')).stdout).toContain('shop')
    } finally {
      await postgres.close()
    }
  })

  test('--help names every command, scope and variable', async () => {
    const { exitCode, stdout } = await run({}, '--help')
    expect(exitCode).toBe(0)
    for (const word of ['create', 'list', 'revoke', 'share-requests:write', 'DATA_DIR', 'DATABASE_URL'])
      expect(stdout).toContain(word)
  })

  test('rejects a wrong command line with a hint and exit code 2, and creates nothing', async () => {
    const DATA_DIR = await temporaryFolder()
    const wrong: [string[], string][] = [
      [[], 'Use "create", "list" or "revoke <id>"'],
      [['make'], 'Use "create", "list" or "revoke <id>"'],
      [['revoke'], '"revoke <id>"'],
      [['list', 'all'], 'Use "create", "list" or "revoke <id>"'],
      [['list', '--name', 'shop'], 'Only "create" takes options'],
      [['create', '--scope', 'facts:read'], '--name is required'],
      [['create', '--name', '\u001b[2J', '--scope', 'facts:read'], '--name is required'],
      [['create', '--name', 'shop'], '--scope is required'],
      [['create', '--name', 'shop', '--scope', 'everything'], 'Unknown scope "everything"'],
      [['create', '--name', 'shop', '--scope', 'facts:read', '--expires-in-days=-1'], '(got -1)'],
      [['create', '--name', 'shop', '--scope', 'facts:read', '--expires-in-days', 'ten'], 'whole number'],
      [['create', '--nam', 'shop'], '--nam'],
    ]
    const results = await Promise.all(wrong.map(([args]) => run({ DATA_DIR }, ...args)))
    for (const [index, { exitCode, stdout, stderr }] of results.entries()) {
      expect(stderr).toContain(wrong[index]![1])
      expect(stderr).toContain('--help')
      expect(stderr).not.toContain('    at ')
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    }
    expect(await readdir(DATA_DIR)).toEqual([])
  })

  test('reports a failed command in one line, with exit code 1', async () => {
    const DATA_DIR = await temporaryFolder()
    const unknown = await run({ DATA_DIR }, 'revoke', 'unknown')
    expect(unknown).toMatchObject({ exitCode: 1, stdout: '' })
    expect(unknown.stderr).toContain('"unknown"')
    const file = join(DATA_DIR, 'gateway.db')
    const unusable = await run({ DATA_DIR: file }, 'list')
    expect(unusable).toMatchObject({ exitCode: 1, stdout: '' })
    expect(unusable.stderr).toContain(file)
    expect(unusable.stderr.trim()).not.toContain('\n')
  })
})
