import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { createMiddleware } from 'hono/factory'
import { Status } from '../wire.ts'
import type { CallKind, Calls } from './calls.ts'
import type { Faults, Outcome } from './faults.ts'
import { cutConnection, type NodeEnv, problem } from './http.ts'

/** Stands before a call of the wire contract: counts it, and lets befall it what has been set. */
export const misbehave = (kind: CallKind, parts: { calls: Calls; faults: Faults; stopping: AbortSignal }) =>
  createMiddleware<NodeEnv>(async (c, next) => {
    const code = c.req.query('code')
    const end = parts.calls.begin(kind, code)
    c.env.outgoing.once('close', end)
    const fault = parts.faults.take(kind, code)
    try {
      if (fault.delay > 0) await delay(fault.delay, undefined, { signal: parts.stopping })
      return await befall(fault.outcome)
    } finally {
      end()
    }

    async function changeStatus(changes: Partial<Status>) {
      if (!c.res.ok) return
      const status = Status.parse(await c.res.json())
      c.res = new Response(JSON.stringify({ ...status, ...changes }), c.res)
    }

    async function befall(outcome: Outcome | null) {
      switch (outcome?.kind) {
        case undefined:
          return next()
        case 'unauthorized':
          return problem(c, 401, 'UNAUTHORIZED', 'The token has ended. Get a new one.')
        case 'rate-limited':
          c.header('Retry-After', String(outcome.retryAfter))
          return problem(c, 429, 'RATE_LIMITED', `Too many requests. Try again in ${outcome.retryAfter} s.`)
        case 'server-error':
          return problem(c, 500, 'INTERNAL', 'Something went wrong here.')
        case 'facts-missing':
          return problem(c, 404, 'UNKNOWN_CODE', 'The facts of this code are gone.')
        case 'dropped-before':
          return cutConnection(c)
        case 'dropped-after':
          await next()
          c.res = cutConnection(c)
          return
        case 'malformed-json':
          await next()
          c.res = new Response('{"id": "cut sho', c.res)
          return
        case 'wrong-types':
          await next()
          c.res = new Response(JSON.stringify(wrongTypes), c.res)
          return
        case 'unknown-status':
          await next()
          return changeStatus({ status: outcome.word })
        case 'foreign-id':
          await next()
          return changeStatus({ id: randomUUID() })
      }
    }
  })

/** Each field of each answer of the wire contract, with a value of a type that it can not have. */
const wrongTypes = {
  ...{ accessToken: 4711, expiresIn: 'soon' },
  ...{ id: { nested: true }, code: ['code'], status: 7 },
  ...{ provenAt: 'yesterday', facts: 'all of them' },
}
