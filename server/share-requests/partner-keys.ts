import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { PartnerCaller, Scope } from './caller.ts'

/** A partner's API key as it is stored: only a hash of the secret part. Times in milliseconds since the epoch. */
export interface PartnerKey {
  id: string
  name: string
  /** SHA-256 of the whole key, hex. The key has 256 random bits, so a plain hash is enough. */
  hash: string
  scopes: Scope[]
  createdAt: number
  expiresAt: number | null
  revokedAt: number | null
}

/** The part of the store that keeps partner keys. */
export interface PartnerKeyStore {
  insertPartnerKey(key: PartnerKey): Promise<void>
  findPartnerKey(id: string): Promise<PartnerKey | null>
  /** Newest first. */
  listPartnerKeys(): Promise<PartnerKey[]>
  /** False if there is no such key. Revoking twice keeps the first time. */
  revokePartnerKey(id: string, at: number): Promise<boolean>
}

const hashOf = (key: string) => createHash('sha256').update(key).digest('hex')

/** Creates a key. `key` is shown once and never again; `stored` is what to keep. */
export function makePartnerKey(
  name: string,
  scopes: Scope[],
  now: number,
  expiresAt: number | null = null,
): { key: string; stored: PartnerKey } {
  const id = randomBytes(9).toString('hex')
  const key = `pmk_${id}_${randomBytes(32).toString('base64url')}`
  return { key, stored: { id, name, hash: hashOf(key), scopes, createdAt: now, expiresAt, revokedAt: null } }
}

const keyPattern = /^pmk_([0-9a-f]{18})_[\w-]{43}$/

/** The id of the key that `text` seems to contain, which is not a secret; null if there is none. */
export const keyIdIn = (text: string) => /\bpmk_([0-9a-f]{18})_/.exec(text)?.[1] ?? null

/** Compared with a key that does not exist, so that the answer takes as long as for a wrong key with a known id. */
const decoy: PartnerKey = makePartnerKey('decoy', [], 0, 0).stored

/** The partner who holds `key`; null if the key is unknown, revoked or expired. */
export async function partnerOf(
  store: PartnerKeyStore,
  key: string,
  now: number,
): Promise<PartnerCaller | null> {
  const id = keyPattern.exec(key)?.[1] ?? decoy.id
  const stored = (await store.findPartnerKey(id)) ?? decoy
  const isHolder = timingSafeEqual(Buffer.from(hashOf(key)), Buffer.from(stored.hash))
  return isHolder && isLive(stored, now) ? { kind: 'PARTNER', keyId: stored.id, scopes: stored.scopes } : null
}

export const isLive = (key: PartnerKey, now: number) =>
  key.revokedAt === null && (key.expiresAt === null || now < key.expiresAt)
