import { randomBytes, randomUUID } from 'node:crypto'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import * as z from 'zod'
import { type FactName, NewShare, statuses } from '../wire.ts'
import { type PersonaId, personaIds } from './personas.ts'

/** Times are in milliseconds since the epoch. */
export interface SandboxShareRequest {
  id: string
  /** The unguessable last part of the code. */
  slug: string
  code: string
  clientId: string
  facts: readonly FactName[]
  purpose: string
  expiresAt: number
  answer: Answer | null
}

export type Answer =
  | { status: typeof statuses.approved; persona: PersonaId; at: number }
  | { status: typeof statuses.declined; at: number }

/** The customer's answer on the phone. */
export type Reply = { approve: PersonaId } | 'decline'

export type AnswerErrorReason = 'UNKNOWN_CODE' | 'EXPIRED' | 'ALREADY_ANSWERED'

/** The customer cannot answer, or no longer can. */
export class AnswerError extends Error {
  override name = 'AnswerError'
  readonly reason: AnswerErrorReason
  constructor(reason: AnswerErrorReason, message: string) {
    super(message)
    this.reason = reason
  }
}

const schema = `
  create table if not exists share_requests (
    slug text primary key,
    id text not null,
    code text not null unique,
    client_id text not null,
    idempotency_key text,
    facts text not null,
    purpose text not null,
    expires_at integer not null,
    status text not null,
    persona text,
    answered_at integer,
    unique (client_id, idempotency_key)
  ) strict`

const row = {
  id: z.string(),
  slug: z.string(),
  code: z.string(),
  client_id: z.string(),
  facts: z.string().transform((json) => NewShare.shape.facts.parse(JSON.parse(json))),
  purpose: z.string(),
  expires_at: z.number(),
}
const Row = z.discriminatedUnion('status', [
  z.object({ ...row, status: z.literal(statuses.pending) }),
  z.object({
    ...row,
    status: z.literal(statuses.approved),
    persona: z.enum(personaIds),
    answered_at: z.number(),
  }),
  z.object({ ...row, status: z.literal(statuses.declined), answered_at: z.number() }),
])

/** The share requests and their answers, in a SQLite file: what was acknowledged survives a crash. */
export class SandboxShareRequests {
  readonly #db: DatabaseSync
  readonly #now: () => number

  constructor(file: string, now: () => number) {
    this.#db = new DatabaseSync(file)
    this.#db.exec(`pragma journal_mode = wal; pragma synchronous = full; ${schema}`)
    this.#now = now
  }

  /**
   * Creates a share request. With an idempotency key that the Partner has used before, returns the one created then.
   * @param origin where phones reach the sandbox; the code starts with it
   */
  create(
    clientId: string,
    idempotencyKey: string | null,
    share: NewShare,
    origin: string,
  ): SandboxShareRequest {
    const slug = randomBytes(16).toString('base64url')
    const values: SQLInputValue[] = [
      ...[slug, randomUUID(), `${origin}/c/${slug}`, clientId, idempotencyKey],
      ...[
        JSON.stringify([...new Set(share.facts)]),
        share.purpose,
        this.#now() + Math.round(share.lifetime * 1000),
      ],
      statuses.pending,
    ]
    const { changes } = this.#db
      .prepare(`insert into share_requests
        (slug, id, code, client_id, idempotency_key, facts, purpose, expires_at, status)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (client_id, idempotency_key) do nothing`)
      .run(...values)
    const created =
      changes === 1
        ? this.bySlug(slug)
        : this.#find('client_id = ? and idempotency_key = ?', clientId, idempotencyKey)
    if (created === null) throw new Error('The share request that was just written cannot be read.')
    return created
  }

  byCode(code: string): SandboxShareRequest | null {
    return this.#find('code = ?', code)
  }

  bySlug(slug: string): SandboxShareRequest | null {
    return this.#find('slug = ?', slug)
  }

  isExpired(request: SandboxShareRequest): boolean {
    return this.#now() >= request.expiresAt
  }

  /** Answers a share request, once and before it expires. Throws an AnswerError. */
  answer(code: string, reply: Reply): SandboxShareRequest {
    const [status, persona] =
      reply === 'decline' ? [statuses.declined, null] : [statuses.approved, reply.approve]
    const now = this.#now()
    const { changes } = this.#db
      .prepare(`update share_requests set status = ?, persona = ?, answered_at = ?
        where code = ? and status = ? and expires_at > ?`)
      .run(status, persona, now, code, statuses.pending, now)
    const request = this.byCode(code)
    if (request === null) throw new AnswerError('UNKNOWN_CODE', 'No share request has this code.')
    if (changes === 1) return request
    if (request.answer === null) throw new AnswerError('EXPIRED', 'This share request has expired.')
    throw new AnswerError('ALREADY_ANSWERED', `This share request is already ${request.answer.status}.`)
  }

  close(): void {
    this.#db.close()
  }

  #find(condition: string, ...values: SQLInputValue[]): SandboxShareRequest | null {
    const found = this.#db.prepare(`select * from share_requests where ${condition}`).get(...values)
    return found === undefined ? null : toShareRequest(Row.parse(found))
  }
}

function toShareRequest(row: z.infer<typeof Row>): SandboxShareRequest {
  const { id, slug, code, client_id: clientId, facts, purpose, expires_at: expiresAt } = row
  return { id, slug, code, clientId, facts, purpose, expiresAt, answer: answerOf(row) }
}

function answerOf(row: z.infer<typeof Row>): Answer | null {
  switch (row.status) {
    case statuses.pending:
      return null
    case statuses.approved:
      return { status: row.status, persona: row.persona, at: row.answered_at }
    case statuses.declined:
      return { status: row.status, at: row.answered_at }
  }
}
