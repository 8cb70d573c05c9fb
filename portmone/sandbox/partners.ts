import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Credentials, Token } from '../wire.ts'

/** Who may request facts. `name` is shown to the customer. */
export interface SandboxPartner extends Credentials {
  name: string
}

/** The Partner of a sandbox that is started by hand. The secret is public: it opens nothing but the sandbox. */
export const demoPartner: SandboxPartner = {
  clientId: 'demo-partner',
  clientSecret: 'sandbox-demo-partner-secret',
  name: 'Demo Shop',
}

/** The Partners and their tokens. A restart forgets the tokens, so that clients must renew them. */
export class SandboxPartners {
  readonly #partners: Map<string, SandboxPartner>
  readonly #tokens = new Map<string, { partner: SandboxPartner; expiresAt: number }>()
  readonly #tokenLifetime: number
  readonly #now: () => number

  /** @param tokenLifetime in seconds */
  constructor(partners: readonly SandboxPartner[], tokenLifetime: number, now: () => number) {
    this.#partners = new Map(partners.map((partner) => [partner.clientId, partner]))
    if (this.#partners.size !== partners.length) throw new Error('Two Partners have the same clientId.')
    this.#tokenLifetime = tokenLifetime
    this.#now = now
  }

  /** A new token; null if the credentials are wrong. */
  authenticate({ clientId, clientSecret }: Credentials): Token | null {
    const partner = this.#partners.get(clientId)
    if (partner === undefined || !sameSecret(partner.clientSecret, clientSecret)) return null
    const now = this.#now()
    for (const [token, { expiresAt }] of this.#tokens) if (expiresAt <= now) this.#tokens.delete(token)
    const accessToken = randomBytes(32).toString('base64url')
    this.#tokens.set(accessToken, { partner, expiresAt: now + this.#tokenLifetime * 1000 })
    return { accessToken, expiresIn: this.#tokenLifetime }
  }

  /** The Partner whose token this is; null if it is unknown or expired. */
  byToken(token: string): SandboxPartner | null {
    const issued = this.#tokens.get(token)
    return issued !== undefined && this.#now() < issued.expiresAt ? issued.partner : null
  }

  /** The name that customers see; the clientId of a Partner that is no longer configured. */
  nameOf(clientId: string): string {
    return this.#partners.get(clientId)?.name ?? clientId
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest()
const sameSecret = (a: string, b: string) => timingSafeEqual(digest(a), digest(b))
