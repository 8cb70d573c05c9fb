import { type Kysely, sql } from 'kysely'
import type { PartnerKey } from '../share-requests/partner-keys.ts'
import type { PartnerKeyRow, Tables } from './tables.ts'

export async function insertPartnerKey(db: Kysely<Tables>, key: PartnerKey): Promise<void> {
  const { id, name, hash, scopes, createdAt, expiresAt, revokedAt } = key
  await db
    .insertInto('partner_keys')
    .values({
      ...{ id, name, hash, scopes: JSON.stringify(scopes) },
      ...{ created_at: createdAt, expires_at: expiresAt, revoked_at: revokedAt },
    })
    .execute()
}

export async function findPartnerKey(db: Kysely<Tables>, id: string): Promise<PartnerKey | null> {
  const row = await db.selectFrom('partner_keys').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : partnerKeyOf(row)
}

export async function listPartnerKeys(db: Kysely<Tables>): Promise<PartnerKey[]> {
  const rows = await db
    .selectFrom('partner_keys')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map(partnerKeyOf)
}

export async function revokePartnerKey(db: Kysely<Tables>, id: string, at: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('partner_keys')
    .set({ revoked_at: sql`coalesce(revoked_at, ${at})` })
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

function partnerKeyOf(row: PartnerKeyRow): PartnerKey {
  const { id, name, hash, created_at, expires_at, revoked_at } = row
  return {
    ...{ id, name, hash, scopes: JSON.parse(row.scopes) },
    ...{ createdAt: created_at, expiresAt: expires_at, revokedAt: revoked_at },
  }
}
