import { parseArgs } from 'node:util'
import { type Scope, scopes } from '../share-requests/caller.ts'
import { makePartnerKey, type PartnerKey } from '../share-requests/partner-keys.ts'
import { type Store, StoreUnavailable } from '../share-requests/store.ts'
import { UsageError } from './cli-args.ts'

const help = `Makes, lists and revokes the API keys of the partner's systems. A gateway that runs may go on running.

Usage:
  npm run -s partner-key -- create --name <name> --scope <scope> [--scope <scope> …] [--expires-in-days <days>]
  npm run -s partner-key -- list
  npm run -s partner-key -- revoke <id>

"create" prints the key, and nothing else, to the standard output. It is shown this once: the store has its hash alone.

Scopes:
  share-requests:read   see all share requests, and follow them
  share-requests:write  create, check and cancel share requests
  facts:read            read the identity facts of approved share requests

Environment, the same as the gateway's:
  DATABASE_URL  URL of the PostgreSQL that keeps the keys
  DATA_DIR      without it, folder of the embedded store (default .data)`

try {
  await run(process.argv.slice(2))
} catch (error) {
  process.exitCode = explain(error)
}

async function run(args: string[]): Promise<void> {
  const { values, positionals } = parse(args)
  const [command, id, ...rest] = positionals
  if (values.help) return console.log(help)
  if (command === 'create' && id === undefined) {
    const wanted = { ...named(values.name), ...scoped(values.scope), days: days(values['expires-in-days']) }
    return withStore((store) => create(store, wanted))
  }
  if (Object.keys(values).length > 0) throw new UsageError('Options go with "create" alone.')
  if (command === 'list' && id === undefined) return withStore(list)
  if (command === 'revoke' && id !== undefined && rest.length === 0)
    return withStore((store) => revoke(store, id))
  throw new UsageError('Say "create", "list", or "revoke" with one id.')
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        scope: { type: 'string', multiple: true },
        'expires-in-days': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause })
  }
}

function named(name = ''): { name: string } {
  if (!/^[^\p{Cc}]{1,100}$/u.test(name.trim()))
    throw new UsageError(
      'Give --name, at most 100 characters that say who uses the key, such as --name "web shop".',
    )
  return { name: name.trim() }
}

function scoped(wanted: string[] = []): { scopes: Scope[] } {
  const unknown = wanted.find((scope) => !scopes.some((known) => known === scope))
  if (unknown !== undefined || wanted.length === 0)
    throw new UsageError(
      `${unknown === undefined ? 'Give --scope' : `There is no scope ${JSON.stringify(unknown)}`}: one or more of ${scopes.join(', ')}.`,
    )
  return { scopes: scopes.filter((scope) => wanted.includes(scope)) }
}

function days(text: string | undefined): number | null {
  if (text === undefined) return null
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new UsageError('Give --expires-in-days as a whole number from 1 to 9999.')
  return Number(text)
}

async function withStore(work: (store: Store) => Promise<void>): Promise<void> {
  const { DATABASE_URL, DATA_DIR } = process.env
  // Loaded here, so that help and complaints come at once.
  const { openStore } = await import('../store/index.ts')
  const store = await openStore({
    databaseUrl: DATABASE_URL || undefined,
    dataDir: DATA_DIR || '.data',
    exclusive: false,
  })
  try {
    await work(store)
  } finally {
    await store.close()
  }
}

async function create(
  store: Store,
  wanted: { name: string; scopes: Scope[]; days: number | null },
): Promise<void> {
  const now = store.now()
  const expiresAt = wanted.days === null ? null : now + wanted.days * 86_400_000
  const { key, stored } = makePartnerKey(wanted.name, wanted.scopes, now, expiresAt)
  await store.insertPartnerKey(stored)
  console.warn(
    `Made the key ${stored.id} for ${stored.name}: ${stored.scopes.join(', ')}; ${stateOf(stored, now)}.\n` +
      'It is shown this once. Send it as "Authorization: Bearer <key>".',
  )
  console.log(key)
}

async function list(store: Store): Promise<void> {
  const keys = await store.listPartnerKeys()
  if (keys.length === 0) console.warn('There is no partner key. "create" makes one.')
  const rows = keys.map((key) => {
    const { id, createdAt, scopes, name } = key
    return [id, stateOf(key, store.now()), `made ${dateOf(createdAt)}`, scopes.join(','), name]
  })
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, at) => Math.max(cell.length, most[at] ?? 0)),
    [],
  )
  for (const row of rows) {
    const cells = row.map((cell, at) => cell.padEnd(widths[at] ?? 0))
    console.log(cells.join('  ').trimEnd())
  }
}

async function revoke(store: Store, id: string): Promise<void> {
  if (await store.revokePartnerKey(id, store.now())) return console.warn(`The key ${id} is revoked.`)
  console.error(`There is no key with the id ${JSON.stringify(id)}. "list" shows those that there are.`)
  process.exitCode = 1
}

function stateOf({ revokedAt, expiresAt }: PartnerKey, now: number): string {
  if (revokedAt !== null) return `revoked ${dateOf(revokedAt)}`
  if (expiresAt === null) return 'without end'
  return `${expiresAt <= now ? 'ended' : 'ends'} ${dateOf(expiresAt)}`
}

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

/** Prints what is to be mended. @returns the exit code: 2 for a command line that makes no sense, else 1. */
function explain(error: unknown): number {
  if (error instanceof UsageError) {
    console.error(error.message)
    return 2
  }
  console.error(error instanceof StoreUnavailable ? error.message : error)
  return 1
}
