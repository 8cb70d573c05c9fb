import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Sandbox, startSandbox } from '../../portmone/sandbox/sandbox.ts'
import { checkPage } from '../../server/doctor/configuration.ts'
import { checkSpace } from '../../server/doctor/embedded-store.ts'
import { openStore } from '../../server/store/index.ts'
import { type PostgresServer, query, startPostgres } from '../postgres.ts'
import { pathOf, runProgram } from '../program.ts'
import { testPartner } from '../stage.ts'
import { type Answer, json, problem, raw, silence, startFakePortmone } from './portmone-fake.ts'
import { startUntrusted } from './portmone-untrusted.ts'
import { startMutePostgres } from './postgres-mute.ts'

vi.setConfig({ testTimeout: 90_000 })

let sandbox: Sandbox
let folder: string
let good: Record<string, string>

beforeAll(async () => {
  sandbox = await startSandbox({ partners: [testPartner] })
})
afterAll(() => sandbox.stop())

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-'))
  good = {
    PORT: '0',
    GATEWAY_SECRET: randomBytes(32).toString('base64'),
    PORTMONE_URL: sandbox.url,
    PORTMONE_CLIENT_ID: testPartner.clientId,
    PORTMONE_CLIENT_SECRET: testPartner.clientSecret,
    POLICIES_FILE: pathOf('server/share-requests/sample-policies.json'),
    DATA_DIR: join(folder, 'data'),
  }
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs the doctor in the good environment with `changes`. @returns its exit code, and the lines that are not ok. */
async function examine(changes: Record<string, string> = {}) {
  const env = { ...good, ...changes }
  const { code, output } = await runProgram('server/doctor/main.ts', env)
  expect(output).not.toContain('    at ')
  const secrets = [env.GATEWAY_SECRET, env.PORTMONE_CLIENT_SECRET, 'canary-password']
  for (const secret of secrets) if (secret) expect(output).not.toContain(secret)
  const bad = output.split('\n').filter((line) => /^(failure|warning) /.test(line))
  return { code, output, bad }
}

/** What `changes` make of the good environment is one failure, told in one line. */
async function expectFailure(changes: Record<string, string>, line: RegExp) {
  const { code, bad } = await examine(changes)
  expect(bad).toEqual([expect.stringMatching(line)])
  expect(code).toBe(1)
}

async function expectWarning(changes: Record<string, string>, line: RegExp) {
  const { code, bad } = await examine(changes)
  expect(bad).toEqual([expect.stringMatching(line)])
  expect(code).toBe(0)
}

test('all is well: each check says so, and nothing was made', async () => {
  const { code, output, bad } = await examine()
  expect({ code, bad }).toEqual({ code: 0, bad: [] })
  for (const check of [
    'configuration',
    'policies',
    'operations',
    'page',
    'port',
    'store',
    'disk',
    'Portmone',
    'clock',
  ])
    expect(output).toMatch(new RegExp(`^ok +${check} `, 'm'))
  expect(readdirSync(folder)).toEqual([])
})

describe('configuration', () => {
  test('every fault of the environment at once', async () => {
    const { code, bad } = await examine({ GATEWAY_SECRET: 'short', PORTMONE_URL: 'portmone', PORT: '99999' })
    expect(bad).toEqual([
      expect.stringMatching(/^failure +configuration +PORT: /),
      expect.stringMatching(/^failure +configuration +GATEWAY_SECRET: give at least 32 random characters/),
      expect.stringMatching(/^failure +configuration +PORTMONE_URL: give an http or https URL/),
    ])
    expect(code).toBe(1)
  })

  test('what the gateway starts with, but nobody means', async () => {
    const { code, bad } = await examine({ PUBLIC_URL: 'http://shop.example', GRAPHIQL: 'on' })
    expect(bad).toEqual([
      expect.stringMatching(/^warning +configuration +PUBLIC_URL: /),
      expect.stringMatching(/^warning +configuration +TRUSTED_PROXIES: /),
      expect.stringMatching(/^warning +configuration +GRAPHIQL: /),
    ])
    expect(code).toBe(0)
  })

  test('files that it names', async () => {
    const policies = join(folder, 'policies.json')
    writeFileSync(policies, '[{ "name": "x" }]')
    const { code, output, bad } = await examine({
      POLICIES_FILE: policies,
      OPERATIONS_FILES: join(folder, 'none.json'),
      BRAND_LOGO: join(folder, 'logo.exe'),
    })
    expect(bad).toEqual([
      expect.stringMatching(/^failure +policies +.*policies\.json is no list of policies/),
      expect.stringMatching(/^failure +operations +.*none\.json/),
      expect.stringMatching(/^failure +logo +BRAND_LOGO: .*\.svg/),
    ])
    expect(output).toMatch(/\n {20,}\[0\]\["access"\]/)
    expect(code).toBe(1)
  })

  test('the page', () => {
    expect(checkPage(folder)).toMatchObject({
      level: 'warning',
      text: expect.stringContaining('npm run build'),
    })
    writeFileSync(join(folder, 'index.html'), '')
    expect(checkPage(folder)).toMatchObject({ level: 'ok' })
  })
})

describe('the port', () => {
  test('is that of a gateway which is ready, or is not', async () => {
    for (const [answer, level] of [
      ['ready', 'ok'],
      ['not ready', 'warning'],
    ]) {
      await using gateway = await startHttp((_, response) => void response.end(answer))
      const { output } = await examine({ PORT: gateway.port })
      expect(output).toMatch(
        new RegExp(`^${level} +port +a gateway listens on 127\\.0\\.0\\.1:\\d+ and is ${answer}`, 'm'),
      )
    }
  })

  test('is taken by something else', async () => {
    await using other = await startHttp((_, response) => void response.end('hello'))
    await expectFailure(
      { PORT: other.port },
      /^failure +port +Port \d+ on 127\.0\.0\.1 is taken\. .*set PORT/,
    )
  })
})

/** An HTTP server that answers everything by `listener`. */
async function startHttp(listener: RequestListener) {
  const server = createHttpServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: String((server.address() as AddressInfo).port),
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

describe('the embedded store', () => {
  /** What there is in the data folder: names, sizes, and times of change. */
  const state = () =>
    readdirSync(join(folder, 'data')).map((name) => {
      const { size, mtimeMs } = statSync(join(folder, 'data', name))
      return { name, size, mtimeMs }
    })

  /** A store that a gateway has used, with `change` made to it since. */
  async function usedStore(change: (database: DatabaseSync) => void = () => {}) {
    await (await openStore({ dataDir: join(folder, 'data') })).close()
    const database = new DatabaseSync(join(folder, 'data', 'gateway.db'))
    change(database)
    database.close()
  }

  test('as a gateway left it: not a file is made or changed', async () => {
    await usedStore()
    const before = state()
    expect(await examine()).toMatchObject({ code: 0, bad: [] })
    expect(state()).toEqual(before)
  })

  test('while a gateway has it', async () => {
    const store = await openStore({ dataDir: join(folder, 'data') })
    try {
      const { code, output, bad } = await examine()
      expect({ code, bad }).toEqual({ code: 0, bad: [] })
      expect(output).toContain('its migrations are complete')
      await store.check()
    } finally {
      await store.close()
    }
  })

  test('migrations are still to be run, and are not run', async () => {
    await usedStore((db) => db.exec("delete from kysely_migration where name = '004-gateways'"))
    for (let round = 1; round <= 2; round++)
      await expectWarning({}, /^warning +store +.*lacks the migrations 004-gateways/)
  })

  test('a newer version has used it', async () => {
    await usedStore((db) => db.exec("insert into kysely_migration values ('999-new', '2027-01-01')"))
    await expectFailure({}, /^failure +store +.*used by a newer version/)
  })

  test('it is no database', async () => {
    await usedStore()
    writeFileSync(join(folder, 'data', 'gateway.db'), 'x'.repeat(10_000))
    await expectFailure({}, /^failure +store +.*is no SQLite database/)
  })

  test('a file stands in its way', () =>
    expectFailure({ DATA_DIR: '/dev/null/data' }, /^failure +store +\/dev\/null is no folder/))

  test('its folder can not be written', async () => {
    chmodSync(folder, 0o555)
    // Nothing is forbidden to root, so that it looks as somebody else.
    const look = `
      import { checkEmbeddedStore } from '${pathToFileURL(pathOf('server/doctor/embedded-store.ts'))}'
      if (process.getuid() === 0) process.setuid(65534)
      console.log(JSON.stringify(await checkEmbeddedStore(process.argv[1])))`
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '-e',
      look,
      folder,
    ])
    chmodSync(folder, 0o700)
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({
        level: 'failure',
        text: expect.stringContaining(`${folder} can not be written. Let this user write it`),
      }),
    ])
  })

  test.each([
    ['ok', 2 ** 40],
    ['warning', 2 ** 29],
    ['failure', 2 ** 20],
  ])('room on the disk: %s', (level, bytes) => {
    expect(checkSpace('/data', bytes)).toMatchObject({
      level,
      text: expect.stringContaining(`${bytes / 2 ** 20} MiB`),
    })
  })
})

describe('Portmone', () => {
  test('refuses the credentials', () =>
    expectFailure(
      { PORTMONE_CLIENT_SECRET: 'another-canary-secret' },
      /^failure +Portmone +http:\S+ refuses the partner's credentials\. Set PORTMONE_CLIENT_ID and PORTMONE_CLIENT_SECRET/,
    ))

  test('its certificate is trusted by nobody', async () => {
    await using untrusted = await startUntrusted()
    await expectFailure(
      { PORTMONE_URL: untrusted.url },
      /^failure +Portmone +There is no secure connection .*SELF_SIGNED.*NODE_EXTRA_CA_CERTS/,
    )
  })

  test('it speaks no TLS', () =>
    expectFailure(
      { PORTMONE_URL: sandbox.url.replace('http:', 'https:') },
      /^failure +Portmone +There is no secure connection .*does not speak TLS/,
    ))

  // Such a label is too long for DNS: no resolver is asked.
  test('its name is unknown', () =>
    expectFailure(
      { PORTMONE_URL: `https://${'a'.repeat(64)}.localhost` },
      /^failure +Portmone +DNS does not know the name a+\.localhost/,
    ))

  test('nothing listens there', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    await new Promise((resolve) => server.close(resolve))
    await expectFailure(
      { PORTMONE_URL: `http://127.0.0.1:${address.port}` },
      /^failure +Portmone +http:\S+ refuses connections: nothing listens there/,
    )
  })

  test.each<[string, Answer, RegExp]>([
    ['it says nothing', silence, /gave no answer in time/],
    ['it fails', problem(500), /gave no proper answer: it answered 500/],
    [
      'another answers',
      raw(200, '<html>', { 'content-type': 'text/html' }),
      /not declared as application\/json/,
    ],
  ])('%s', async (_, answer, words) => {
    await using portmone = await startFakePortmone()
    portmone.always('token', answer)
    const { code, bad } = await examine({ PORTMONE_URL: portmone.url })
    expect(bad).toEqual([expect.stringMatching(words)])
    expect(code).toBe(1)
    expect(portmone.count('token')).toBe(1)
  })

  test('it is asked too often: that passes', async () => {
    await using portmone = await startFakePortmone()
    portmone.always('token', problem(429, { 'retry-after': '1' }))
    await expectWarning({ PORTMONE_URL: portmone.url }, /^warning +Portmone +.*too often/)
  })

  test.each<[string, number, 'ok' | 'warning' | 'failure', RegExp]>([
    ['agrees', 0, 'ok', /agrees with that of Portmone/],
    ['is a little off', 30_000, 'warning', /(29|30|31) s ahead of that of Portmone/],
    ['is wrong', -600_000, 'failure', /(599|600|601) s behind that of Portmone/],
  ])('this clock %s', async (_, ahead, level, words) => {
    await using portmone = await startFakePortmone()
    portmone.always('token', (...to) => {
      const date = new Date(Date.now() - ahead).toUTCString()
      json(200, { accessToken: 'token', expiresIn: 300 }, { date })(...to)
    })
    const { code, output } = await examine({ PORTMONE_URL: portmone.url })
    const line = output.split('\n').find((line) => line.includes('of Portmone'))
    expect(line).toMatch(new RegExp(`^${level} +clock `))
    expect(line).toMatch(words)
    expect(code).toBe(level === 'failure' ? 1 : 0)
  })
})

describe('PostgreSQL', () => {
  let postgres: PostgresServer
  beforeAll(async () => {
    postgres = await startPostgres()
  }, 120_000)
  afterAll(() => postgres.close())

  async function usedDatabase(...changes: string[]) {
    const url = await postgres.createDatabase()
    await (await openStore({ databaseUrl: url, dataDir: '' })).close()
    for (const change of changes) await query(url, change)
    return url
  }

  const as = (user: string, url: string) => {
    const changed = new URL(url)
    changed.username = user
    changed.password = 'canary-password'
    return changed.href
  }

  test('all is well: empty, and then used', async () => {
    const url = await postgres.createDatabase()
    const { code, output, bad } = await examine({ DATABASE_URL: url })
    expect({ code, bad }).toEqual({ code: 0, bad: [] })
    expect(output).toContain('is empty')
    expect(await query(url, "select 1 from pg_tables where schemaname = 'public'")).toEqual([])

    const used = await examine({ DATABASE_URL: await usedDatabase() })
    expect(used).toMatchObject({ code: 0, bad: [] })
    for (const check of ['PostgreSQL', 'store', 'clock', 'notifications'])
      expect(used.output).toMatch(new RegExp(`^ok +${check} `, 'm'))
  })

  test('migrations are still to be run', async () => {
    const url = await usedDatabase("delete from kysely_migration where name = '004-gateways'")
    await expectWarning({ DATABASE_URL: url }, /^warning +store +.*lacks the migrations 004-gateways/)
  })

  test('it does not take writes', async () => {
    const url = await usedDatabase()
    await query(
      url,
      `alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = on`,
    )
    await expectFailure({ DATABASE_URL: url }, /^failure +PostgreSQL +it does not take writes/)
  })

  test('its user may not make tables', async () => {
    const url = await usedDatabase()
    const user = `reader_${randomBytes(4).toString('hex')}`
    await query(url, `create role ${user} login password 'canary-password'`)
    try {
      await expectFailure({ DATABASE_URL: as(user, url) }, /^failure +PostgreSQL +.*may not make tables/)
    } finally {
      await query(url, `drop role ${user}`)
    }
  })

  test('it can not be reached', async () => {
    const url = new URL(await postgres.createDatabase())
    await expectFailure(
      { DATABASE_URL: as('nobody', url.href) },
      /^failure +store +.*DATABASE_URL leads to it/,
    )
    url.port = '9'
    await expectFailure({ DATABASE_URL: url.href }, /^failure +store +.*can not be reached.*ECONNREFUSED/)
  })

  test('notifications are swallowed in between', async () => {
    await using mute = await startMutePostgres(await usedDatabase())
    await expectFailure({ DATABASE_URL: mute.url }, /^failure +notifications +.*pool by session/)
  })
})
