import { randomBytes, randomUUID } from 'node:crypto'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import * as z from 'zod'
import { type FactName, NewShare, statuses } from '../wire.ts'
import { type PersonaId, personaIds } from './personas.ts'

/** Times are in milliseconds since the epoch. */
export interface ShareRequest {
  id: string
  /** The unguessable end of the code. */
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

/** What a customer answers on the phone. */
export type Reply = { approve: PersonaId } | 'decline'

export type AnswerProblem = 'UNKNOWN_CODE' | 'EXPIRED' | 'ALREADY_ANSWERED'

/** The customer can not answer (any more). */
export class AnswerRefused extends Error {
  override name = 'AnswerRefused'
  readonly problem: AnswerProblem
  constructor(problem: AnswerProblem, message: string) {
    super(message)
    this.problem = problem
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

/** The share requests and their answers, in a SQLite file: what was acknowledged outlives a kill. */
export class ShareRequests {
  readonly #db: DatabaseSync
  readonly #now: () => number

  constructor(file: string, now: () => number) {
    this.#db = new DatabaseSync(file)
    this.#db.exec(`pragma journal_mode = wal; pragma synchronous = full; ${schema}`)
    this.#now = now
  }

  /**
   * A new share request; with an idempotency key that the Partner has used before, the one that it made then.
   * @param origin where phones reach the sandbox: the code begins with it
   */
  create(clientId: string, idempotencyKey: string | null, share: NewShare, origin: string): ShareRequest {
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
    if (created === null) throw new Error('The share request that was just written can not be read.')
    return created
  }

  byCode(code: string): ShareRequest | null {
    return this.#find('code = ?', code)
  }

  bySlug(slug: string): ShareRequest | null {
    return this.#find('slug = ?', slug)
  }

  isExpired(request: ShareRequest): boolean {
    return this.#now() >= request.expiresAt
  }

  /** Answers a share request, once and within its lifetime; else throws an AnswerRefused. */
  answer(code: string, reply: Reply): ShareRequest {
    const [status, persona] =
      reply === 'decline' ? [statuses.declined, null] : [statuses.approved, reply.approve]
    const now = this.#now()
    const { changes } = this.#db
      .prepare(`update share_requests set status = ?, persona = ?, answered_at = ?
        where code = ? and status = ? and expires_at > ?`)
      .run(status, persona, now, code, statuses.pending, now)
    const request = this.byCode(code)
    if (request === null) throw new AnswerRefused('UNKNOWN_CODE', 'There is no share request with this code.')
    if (changes === 1) return request
    if (request.answer === null)
      throw new AnswerRefused('EXPIRED', 'This share request has ended and can not be answered any more.')
    throw new AnswerRefused('ALREADY_ANSWERED', `This share request is ${request.answer.status} already.`)
  }

  close(): void {
    this.#db.close()
  }

  #find(condition: string, ...values: SQLInputValue[]): ShareRequest | null {
    const found = this.#db.prepare(`select * from share_requests where ${condition}`).get(...values)
    return found === undefined ? null : toShareRequest(Row.parse(found))
  }
}

function toShareRequest(row: z.infer<typeof Row>): ShareRequest {
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
