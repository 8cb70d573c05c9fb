import type { Kysely } from 'kysely'
import type { Backend, Dialect } from './backend.ts'
import { foundIn, selectByIds } from './share-requests.ts'
import type { ShareRequestRow, Tables } from './tables.ts'

/**
 * Finds what is requested in one turn of the event loop by one query.
 * @param gather resolves when the turn ends.
 */
export function findByTurn(
  db: Kysely<Tables>,
  dialect: Dialect,
  gather: () => Promise<void>,
): Backend['find'] {
  let ids = new Set<string>()
  let found: Promise<Map<string, ShareRequestRow>> | null = null

  async function findAll() {
    await gather()
    const entries = [...ids].map((id) => ({ id }))
    ids = new Set()
    found = null
    const { rows } = await selectByIds(db, dialect, { entries })
    return new Map(rows.map((row) => [row.id, row]))
  }

  return async (id) => {
    ids.add(id)
    found ??= findAll()
    return foundIn((await found).get(id))
  }
}
