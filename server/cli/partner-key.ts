import { parseArgs } from 'node:util'
import { readStoreConfig } from '../config.ts'
import { ConfigError } from '../environment.ts'
import { type Scope, scopes } from '../share-requests/caller.ts'
import { makePartnerKey, type PartnerKey } from '../share-requests/partner-keys.ts'
import { type Store, StoreUnavailable } from '../share-requests/store.ts'
import { exitWithError, UsageError } from './cli-args.ts'

const help = `Creates, lists and revokes the API keys of the Partner's systems. Safe to run beside a running gateway.

Usage:
  npm run -s partner-key -- create --name <name> --scope <scope> [--scope <scope> …] [--expires-in-days <days>]
  npm run -s partner-key -- list
  npm run -s partner-key -- revoke <id>

"create" prints only the key to standard output. The key is shown only once: the store keeps a hash of it.

Scopes:
  share-requests:read   read and follow all share requests
  share-requests:write  create, check and cancel share requests
  facts:read            read the identity facts of approved share requests

Environment, the same as the gateway's:
  DATABASE_URL, DATABASE_URL_FILE  PostgreSQL that stores the keys
  DATA_DIR                         without it, folder of the embedded store (default .data)

Exit codes: 0 on success, 1 if the command fails, 2 for a wrong command line.`

try {
  await run(process.argv.slice(2))
} catch (error) {
  exitWithError(error, [ConfigError, StoreUnavailable])
}

async function run(args: string[]): Promise<void> {
  const { values, positionals } = parse(args)
  const [command, id, ...rest] = positionals
  if (values.help) return console.log(help)
  if (command === 'create' && id === undefined) {
    const wanted = { ...named(values.name), ...scoped(values.scope), days: days(values['expires-in-days']) }
    return withStore((store) => create(store, wanted))
  }
  if (Object.keys(values).length > 0) throw new UsageError('Only "create" takes options.')
  if (command === 'list' && id === undefined) return withStore(list)
  if (command === 'revoke' && id !== undefined && rest.length === 0)
    return withStore((store) => revoke(store, id))
  throw new UsageError('Use "create", "list" or "revoke <id>".')
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
      '--name is required: 1 to 100 characters that say who uses the key, for example --name "web shop".',
    )
  return { name: name.trim() }
}

function scoped(wanted: string[] = []): { scopes: Scope[] } {
  const unknown = wanted.find((scope) => !scopes.some((known) => known === scope))
  if (unknown !== undefined || wanted.length === 0)
    throw new UsageError(
      `${unknown === undefined ? '--scope is required' : `Unknown scope ${JSON.stringify(unknown)}`}: use one or more of ${scopes.join(', ')}.`,
    )
  return { scopes: scopes.filter((scope) => wanted.includes(scope)) }
}

function days(text: string | undefined): number | null {
  if (text === undefined) return null
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new UsageError(`--expires-in-days must be a whole number from 1 to 9999 (got ${text}).`)
  return Number(text)
}

async function withStore(work: (store: Store) => Promise<void>): Promise<void> {
  const config = readStoreConfig(process.env)
  // Loaded here, so that --help and usage errors do not wait for it.
  const { openStore } = await import('../store/index.ts')
  const store = await openStore({ ...config, exclusive: false })
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
    `Created key ${stored.id} for ${stored.name}: ${stored.scopes.join(', ')}; ${stateOf(stored, now)}.\n` +
      'It is shown only once. Send it as "Authorization: Bearer <key>".',
  )
  console.log(key)
}

async function list(store: Store): Promise<void> {
  const keys = await store.listPartnerKeys()
  if (keys.length === 0) console.warn('There are no partner keys. Use "create" to make one.')
  const rows = keys.map((key) => {
    const { id, createdAt, scopes, name } = key
    return [id, stateOf(key, store.now()), `created ${dateOf(createdAt)}`, scopes.join(','), name]
  })
  const widths = rows.reduce<number[]>(
    (max, row) => row.map((cell, at) => Math.max(cell.length, max[at] ?? 0)),
    [],
  )
  for (const row of rows) {
    const cells = row.map((cell, at) => cell.padEnd(widths[at] ?? 0))
    console.log(cells.join('  ').trimEnd())
  }
}

async function revoke(store: Store, id: string): Promise<void> {
  if (await store.revokePartnerKey(id, store.now())) return console.warn(`Revoked key ${id}.`)
  console.error(`No key has the ID ${JSON.stringify(id)}. Use "list" to see all keys.`)
  process.exitCode = 1
}

function stateOf({ revokedAt, expiresAt }: PartnerKey, now: number): string {
  if (revokedAt !== null) return `revoked ${dateOf(revokedAt)}`
  if (expiresAt === null) return 'never expires'
  return `${expiresAt <= now ? 'expired' : 'expires'} ${dateOf(expiresAt)}`
}

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
