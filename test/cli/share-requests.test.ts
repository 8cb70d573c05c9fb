import { existsSync } from 'node:fs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { temporaryFolder } from '../store/harness.ts'
import { overHttp, overWebSocket } from '../support/clients.ts'
import { create, everythingOf, operations } from '../support/operations.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { runProgram } from '../support/program.ts'
import { startStage } from '../support/stage.ts'

vi.setConfig({ testTimeout: 60_000 })

const run = (env: Record<string, string>, ...args: string[]) =>
  runProgram('server/cli/share-requests.ts', env, ...args)

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterAll(() => postgres.close())

test.each(['the embedded store', 'PostgreSQL'])(
  'erases a share request beside a running gateway that uses %s',
  async (kind) => {
    const databaseUrl = kind === 'PostgreSQL' ? await postgres.createDatabase() : undefined
    await using stage = await startStage({ config: { databaseUrl } })
    const env = databaseUrl === undefined ? { DATA_DIR: stage.dataDir } : { DATABASE_URL: databaseUrl }
    const customer = overHttp(stage.gateway.url)
    const erased = await create(customer)
    const kept = await create(customer)
    const follower = overWebSocket(stage.gateway.url)
    const { id, clientSecret } = erased
    const events = follower.subscribe(operations.follow, { id, clientSecret })
    await events.next()

    const { code, output } = await run(env, 'erase', erased.id)
    expect(JSON.parse(output)).toMatchObject({ shareRequestId: erased.id, msg: 'share request erased' })
    expect(code).toBe(0)
    const read = async ({ id, clientSecret }: typeof erased) =>
      (await customer.run(operations.read, { id, clientSecret })).data.shareRequest
    await expect.poll(() => read(erased), { timeout: 10_000 }).toBeNull()
    expect(await read(kept)).toMatchObject({ id: kept.id })
    expect(await everythingOf(events)).toEqual([])
    await follower.dispose()

    const again = await run(env, 'erase', erased.id)
    expect(again).toMatchObject({ code: 1, output: `No share request has the ID "${erased.id}".\n` })
  },
)

test.each([[[]], [['erase']], [['delete', 'x']], [['erase', 'x', 'y']]])(
  'rejects the command line %j with exit code 2, and opens no store',
  async (args) => {
    const DATA_DIR = `${await temporaryFolder()}/none`
    const { code, output } = await run({ DATA_DIR }, ...args)
    expect(output).toBe('Use "erase <id>".\nTry --help.\n')
    expect(code).toBe(2)
    expect(existsSync(DATA_DIR)).toBe(false)
  },
)
