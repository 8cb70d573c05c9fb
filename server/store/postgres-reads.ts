import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import type { Backend, Dialect } from './backend.ts'
import { prepared } from './prepared.ts'
import { foundIn } from './share-requests.ts'
import type { ShareRequestRow, Tables } from './tables.ts'

const selectByIds = prepared((db, { ids }: { ids: readonly string[] }) =>
  db.selectFrom('share_requests').selectAll().where(sql<boolean>`id = any(${ids}::text[])`),
)

/** Reads what is requested within one turn of the event loop in one round trip. */
export function findByTurn(db: Kysely<Tables>, dialect: Dialect): Backend['find'] {
  let ids = new Set<string>()
  let found: Promise<Map<string, ShareRequestRow>> | null = null

  async function readAll() {
    await nextTurn()
    const values = { ids: [...ids] }
    ids = new Set()
    found = null
    const { rows } = await selectByIds(db, dialect, values)
    return new Map(rows.map((row) => [row.id, row]))
  }

  return async (id) => {
    ids.add(id)
    found ??= readAll()
    return foundIn((await found).get(id))
  }
}
