import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { createMiddleware } from 'hono/factory'
import {
  Credentials,
  type Facts,
  idempotencyHeader,
  NewShare,
  paths,
  type Share,
  type Status,
  statuses,
  type Token,
} from '../wire.ts'
import type { Calls } from './calls.ts'
import { factsOf } from './facts.ts'
import type { Faults } from './faults.ts'
import { type NodeEnv, problem, readJson } from './http.ts'
import { misbehave } from './misbehave.ts'
import type { SandboxPartner, SandboxPartners } from './partners.ts'
import type { SandboxShareRequests } from './share-requests.ts'

export interface ApiDeps {
  partners: SandboxPartners
  shareRequests: SandboxShareRequests
  calls: Calls
  faults: Faults
  origin: string
  /** Aborted when the sandbox stops, so that no simulated latency outlives it. */
  stopping: AbortSignal
  log: (line: string) => void
}

/** The four calls of the wire contract. */
export function api(deps: ApiDeps) {
  const { partners, shareRequests, origin, log } = deps
  const authenticated = authenticate(partners)
  const app = new Hono<NodeEnv>()

  app.post(paths.token, misbehave('token', deps), async (c) => {
    const credentials = await readJson(c, Credentials)
    if ('refused' in credentials) return credentials.refused
    const token = partners.authenticate(credentials.value)
    if (token === null) return problem(c, 401, 'UNAUTHORIZED', 'The clientId or clientSecret is wrong.')
    c.header('Cache-Control', 'no-store')
    return c.json(token satisfies Token)
  })

  app.post(paths.shareRequests, misbehave('create', deps), authenticated, async (c) => {
    const share = await readJson(c, NewShare)
    if ('refused' in share) return share.refused
    const partner = c.var.partner
    const key = c.req.header(idempotencyHeader) ?? null
    const { id, code } = shareRequests.create(partner.clientId, key, share.value, origin)
    log(`${partner.name} requests ${share.value.facts.join(', ')}: ${code}`)
    return c.json({ id, code } satisfies Share, 201)
  })

  app.use(paths.shareStatus, cors({ allowMethods: ['GET'], exposeHeaders: ['Retry-After'] }))
  app.get(paths.shareStatus, misbehave('status', deps), (c) => {
    const request = shareRequests.byCode(c.req.query('code') ?? '')
    if (request === null) return unknownCode(c)
    c.header('Cache-Control', 'no-store')
    return c.json({ id: request.id, status: request.answer?.status ?? statuses.pending } satisfies Status)
  })

  app.get(paths.identityFacts, misbehave('facts', deps), authenticated, (c) => {
    const request = shareRequests.byCode(c.req.query('code') ?? '')
    if (request === null || request.clientId !== c.var.partner.clientId) return unknownCode(c)
    const { answer } = request
    if (answer?.status !== statuses.approved)
      return problem(c, 409, 'NOT_APPROVED', 'The customer has not approved this share request.')
    const facts = factsOf(answer.persona, request.facts, answer.at)
    c.header('Cache-Control', 'no-store')
    return c.json({ provenAt: new Date(answer.at).toISOString(), facts } satisfies Facts)
  })

  return app
}

/** Requires the token of a Partner. */
const authenticate = (partners: SandboxPartners) =>
  createMiddleware<NodeEnv & { Variables: { partner: SandboxPartner } }>(async (c, next) => {
    const token = /^Bearer (\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1]
    const partner = token === undefined ? null : partners.byToken(token)
    if (partner === null) {
      c.header('WWW-Authenticate', 'Bearer')
      return problem(
        c,
        401,
        'UNAUTHORIZED',
        `Get a token from ${paths.token} and send it as "Authorization: Bearer <token>".`,
      )
    }
    c.set('partner', partner)
    return next()
  })

const unknownCode = (c: Parameters<typeof problem>[0]) =>
  problem(c, 404, 'UNKNOWN_CODE', 'You have no share request with this code.')
