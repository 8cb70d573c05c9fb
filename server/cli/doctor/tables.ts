import type { Kysely } from 'kysely'
import { compareMigrations, usedByNewer } from '../../store/migrations.ts'
import type { Tables } from '../../store/tables.ts'
import { type Finding, failure, ok, warning } from './finding.ts'

const check = 'store'

/** Whether the tables at `place` are those of this version. Runs no migration. */
export async function checkTables(db: Kysely<Tables>, place: string): Promise<Finding> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === 'kysely_migration'))
    return ok(check, `${place} is empty; the first start creates the tables`)
  const { missing, unknown } = await compareMigrations(db)
  if (unknown.length > 0) return failure(check, `${place}: ${usedByNewer}`)
  if (missing.length > 0)
    return warning(
      check,
      `${place} lacks the migrations ${missing.join(', ')}. Back it up first: the next start of the gateway runs them.`,
    )
  return ok(check, `${place} is readable and writable, and its migrations are complete`)
}
