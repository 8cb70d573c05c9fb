import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Credentials, Token } from '../wire.ts'

/** Someone who may ask for facts. `name` is shown to the customer. */
export interface Partner extends Credentials {
  name: string
}

/** The Partner that the sandbox has when it is started by hand. It opens nothing but the sandbox: no secret. */
export const demoPartner: Partner = {
  clientId: 'demo-partner',
  clientSecret: 'sandbox-demo-partner-secret',
  name: 'Demo Shop',
}

/** Who the Partners are, and the tokens that they were given. A restart forgets the tokens, so that they must be renewed. */
export class Partners {
  readonly #partners: Map<string, Partner>
  readonly #tokens = new Map<string, { partner: Partner; expiresAt: number }>()
  readonly #tokenLifetime: number
  readonly #now: () => number

  /** @param tokenLifetime in seconds */
  constructor(partners: readonly Partner[], tokenLifetime: number, now: () => number) {
    this.#partners = new Map(partners.map((partner) => [partner.clientId, partner]))
    if (this.#partners.size !== partners.length) throw new Error('Two Partners have the same clientId.')
    this.#tokenLifetime = tokenLifetime
    this.#now = now
  }

  /** A new token; null if the credentials are not right. */
  authenticate({ clientId, clientSecret }: Credentials): Token | null {
    const partner = this.#partners.get(clientId)
    if (partner === undefined || !sameSecret(partner.clientSecret, clientSecret)) return null
    const now = this.#now()
    for (const [token, { expiresAt }] of this.#tokens) if (expiresAt <= now) this.#tokens.delete(token)
    const accessToken = randomBytes(32).toString('base64url')
    this.#tokens.set(accessToken, { partner, expiresAt: now + this.#tokenLifetime * 1000 })
    return { accessToken, expiresIn: this.#tokenLifetime }
  }

  /** The Partner who was given the token; null if nobody was, or it has ended. */
  byToken(token: string): Partner | null {
    const issued = this.#tokens.get(token)
    return issued !== undefined && this.#now() < issued.expiresAt ? issued.partner : null
  }

  /** The name that a customer is shown; the id of a Partner who is no longer among those configured. */
  nameOf(clientId: string): string {
    return this.#partners.get(clientId)?.name ?? clientId
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest()
const sameSecret = (a: string, b: string) => timingSafeEqual(digest(a), digest(b))
