import { Hono } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'
import * as z from 'zod'
import type { Problem } from '../wire.ts'
import type { Calls } from './calls.ts'
import { Fault, type Faults } from './faults.ts'
import { type NodeEnv, problem, readJson } from './http.ts'
import { personaIds } from './personas.ts'
import { AnswerError, type SandboxShareRequests } from './share-requests.ts'

const Reply = z.discriminatedUnion('answer', [
  z.strictObject({
    code: z.string(),
    answer: z.literal('approve'),
    persona: z.enum(personaIds).default('adult'),
  }),
  z.strictObject({ code: z.string(), answer: z.literal('decline') }),
])

/**
 * What only the sandbox has: faults on request, answers without a phone, counts of calls. All need
 * `Authorization: Bearer <control token>`.
 *
 *   GET    /control/faults        → 200 SetFault[]
 *   POST   /control/faults        Fault → 201 {id}
 *   DELETE /control/faults        → 204
 *   DELETE /control/faults/:id    → 204, 404
 *   POST   /control/answers       {code, answer: "approve" | "decline", persona?} → 204, 404, 409
 *   GET    /control/calls         → 200 CallTally[]
 */
export function control(deps: {
  token: string
  faults: Faults
  calls: Calls
  shareRequests: SandboxShareRequests
  log: (line: string) => void
}) {
  const { token, faults, calls, shareRequests, log } = deps
  const app = new Hono<NodeEnv>()
  const refused = { message: needsToken }
  const responses = {
    noAuthenticationHeader: refused,
    invalidAuthenticationHeader: refused,
    invalidToken: refused,
  }
  app.use(bearerAuth({ token, ...responses }))

  app.get('/faults', (c) => c.json(faults.list()))
  app.post('/faults', async (c) => {
    const fault = await readJson(c, Fault)
    if ('refused' in fault) return fault.refused
    log(`Fault set: ${JSON.stringify(fault.value)}`)
    return c.json({ id: faults.set(fault.value) }, 201)
  })
  app.delete('/faults', (c) => {
    faults.clear()
    return c.body(null, 204)
  })
  app.delete('/faults/:id', (c) => {
    if (!faults.remove(c.req.param('id')))
      return problem(
        c,
        404,
        'UNKNOWN_FAULT',
        'No such fault is set. It may have been applied as many times as requested.',
      )
    return c.body(null, 204)
  })

  app.post('/answers', async (c) => {
    const reply = await readJson(c, Reply)
    if ('refused' in reply) return reply.refused
    const { value } = reply
    try {
      shareRequests.answer(value.code, value.answer === 'approve' ? { approve: value.persona } : 'decline')
      log(`${value.answer === 'approve' ? `Approved as ${value.persona}` : 'Declined'}: ${value.code}`)
      return c.body(null, 204)
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error
      return problem(c, error.reason === 'UNKNOWN_CODE' ? 404 : 409, error.reason, error.message)
    }
  })

  app.get('/calls', (c) => c.json(calls.list()))
  return app
}

const needsToken: Problem = {
  error: 'UNAUTHORIZED',
  message: 'Send the control token, which is printed at start, as "Authorization: Bearer <token>".',
}
