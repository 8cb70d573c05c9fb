import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { createMiddleware } from 'hono/factory'
import { Status } from '../wire.ts'
import type { CallKind, Calls } from './calls.ts'
import type { Faults, Misbehaviour } from './faults.ts'
import { cutConnection, type NodeEnv, problem } from './http.ts'

/** Middleware of a call of the wire contract: counts it and applies the faults that are set for it. */
export const misbehave = (kind: CallKind, deps: { calls: Calls; faults: Faults; stopping: AbortSignal }) =>
  createMiddleware<NodeEnv>(async (c, next) => {
    const code = c.req.query('code')
    const end = deps.calls.begin(kind, code)
    c.env.outgoing.once('close', end)
    const fault = deps.faults.take(kind, code)
    try {
      if (fault.delay > 0) await delay(fault.delay, undefined, { signal: deps.stopping })
      return await apply(fault.misbehaviour)
    } finally {
      end()
    }

    async function changeStatus(changes: Partial<Status>) {
      if (!c.res.ok) return
      const status = Status.parse(await c.res.json())
      c.res = new Response(JSON.stringify({ ...status, ...changes }), c.res)
    }

    async function apply(misbehaviour: Misbehaviour | null) {
      switch (misbehaviour?.kind) {
        case undefined:
          return next()
        case 'unauthorized':
          return problem(c, 401, 'UNAUTHORIZED', 'The token has expired. Get a new one.')
        case 'rate-limited':
          c.header('Retry-After', String(misbehaviour.retryAfter))
          return problem(
            c,
            429,
            'RATE_LIMITED',
            `Too many requests. Try again in ${misbehaviour.retryAfter} s.`,
          )
        case 'server-error':
          return problem(c, 500, 'INTERNAL', 'Internal error.')
        case 'facts-missing':
          return problem(c, 404, 'UNKNOWN_CODE', 'The facts of this code no longer exist.')
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
          return changeStatus({ status: misbehaviour.word })
        case 'foreign-id':
          await next()
          return changeStatus({ id: randomUUID() })
      }
    }
  })

/** Every field of every answer of the wire contract, with a value of the wrong type. */
const wrongTypes = {
  ...{ accessToken: 4711, expiresIn: 'soon' },
  ...{ id: { nested: true }, code: ['code'], status: 7 },
  ...{ provenAt: 'yesterday', facts: 'all of them' },
}
