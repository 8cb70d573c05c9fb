import { demoPartner } from '../../../portmone/sandbox/partners.ts'
import {
  byCode,
  type Facts,
  idempotencyHeader,
  type NewShare,
  paths,
  type Share,
  type Status,
  statuses,
  type Token,
} from '../../../portmone/wire.ts'

const pollIntervalMs = 2_000

/** The gateway's calls to Portmone for one verification, made in the simplest way. */
export class RecipeUpstream {
  readonly #url: string
  #token: Promise<Token> | null = null

  constructor(url: string) {
    this.#url = url
  }

  /** @returns the code. */
  async create(idempotencyKey: string): Promise<string> {
    const wanted: NewShare = {
      facts: ['fullName', 'dateOfBirth', 'nationality'],
      purpose: 'bench',
      lifetime: 600,
    }
    const { code } = await this.#call<Share>(paths.shareRequests, {
      method: 'POST',
      headers: { ...(await this.#authorization()), [idempotencyHeader]: idempotencyKey },
      body: JSON.stringify(wanted),
    })
    return code
  }

  /** Polls every two seconds. Resolves when the customer has approved and the facts are fetched. */
  async approval(code: string): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, pollIntervalMs))
      const { status } = await this.#call<Status>(byCode(paths.shareStatus, code))
      if (status === statuses.approved) break
    }
    await this.#call<Facts>(byCode(paths.identityFacts, code), { headers: await this.#authorization() })
  }

  async #authorization(): Promise<{ authorization: string }> {
    const { clientId, clientSecret } = demoPartner
    const body = JSON.stringify({ clientId, clientSecret })
    this.#token ??= this.#call<Token>(paths.token, { method: 'POST', body })
    return { authorization: `Bearer ${(await this.#token).accessToken}` }
  }

  async #call<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { 'content-type': 'application/json', ...init.headers }
    const response = await fetch(`${this.#url}${path}`, { ...init, headers })
    if (!response.ok) throw new Error(`${path} answered ${response.status}`)
    return (await response.json()) as Answer
  }
}
