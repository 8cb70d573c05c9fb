import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import * as z from 'zod'
import type { Problem } from '../wire.ts'

/** Every route runs on Node's own server, whose socket a fault can cut. */
export interface NodeEnv {
  Bindings: HttpBindings
}

/** Answers with a Problem of the wire contract. */
export const problem = (c: Context, status: ContentfulStatusCode, error: string, message: string) =>
  c.json({ error, message } satisfies Problem, status)

/** Cuts the connection without an answer. */
export function cutConnection(c: Context<NodeEnv>): Response {
  c.env.incoming.socket.destroy()
  return RESPONSE_ALREADY_SENT
}

const maxBody = 64 * 1024

/** Refuses a body that is larger than anybody needs. Hono's own works only where Node's Request is replaced for all. */
export const limitBody = createMiddleware(async (c, next) => {
  if (c.req.method !== 'POST') return next()
  const length = c.req.header('Content-Length')
  if (length === undefined) return problem(c, 411, 'LENGTH_REQUIRED', 'Send a Content-Length.')
  if (Number(length) > maxBody) return problem(c, 413, 'TOO_LARGE', `A body has at most ${maxBody} bytes.`)
  return next()
})

/** The request's JSON body as `schema` has it, or the answer that says what is wrong with it. */
export async function readJson<T>(
  c: Context,
  schema: z.core.$ZodType<T>,
): Promise<{ value: T } | { refused: Response }> {
  let body: unknown
  try {
    body = JSON.parse(await c.req.text())
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { refused: problem(c, 400, 'INVALID_REQUEST', `The body is no JSON: ${error.message}`) }
  }
  const parsed = z.safeParse(schema, body)
  if (parsed.success) return { value: parsed.data }
  return { refused: problem(c, 400, 'INVALID_REQUEST', z.prettifyError(parsed.error)) }
}
