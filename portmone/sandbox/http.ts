import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import * as z from 'zod'
import type { Problem } from '../wire.ts'

/** Every route runs on Node's own server, so that a fault can drop the connection. */
export interface NodeEnv {
  Bindings: HttpBindings
}

/** Responds with a Problem of the wire contract. */
export const problem = (c: Context, status: ContentfulStatusCode, error: string, message: string) =>
  c.json({ error, message } satisfies Problem, status)

/** Drops the connection without an answer. */
export function cutConnection(c: Context<NodeEnv>): Response {
  c.env.incoming.socket.destroy()
  return RESPONSE_ALREADY_SENT
}

const maxBody = 64 * 1024

/** Rejects bodies that are too large. Hono's own limit needs Node's global Request to be replaced. */
export const limitBody = createMiddleware(async (c, next) => {
  if (c.req.method !== 'POST') return next()
  const length = c.req.header('Content-Length')
  if (length === undefined) return problem(c, 411, 'LENGTH_REQUIRED', 'Send a Content-Length.')
  if (Number(length) > maxBody)
    return problem(c, 413, 'TOO_LARGE', `The body must have at most ${maxBody} bytes.`)
  return next()
})

/** The request's JSON body, or the response that says what is wrong with it. */
export async function readJson<T>(
  c: Context,
  schema: z.core.$ZodType<T>,
): Promise<{ value: T } | { refused: Response }> {
  let body: unknown
  try {
    body = JSON.parse(await c.req.text())
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { refused: problem(c, 400, 'INVALID_REQUEST', `The body is not valid JSON: ${error.message}`) }
  }
  const parsed = z.safeParse(schema, body)
  if (parsed.success) return { value: parsed.data }
  return { refused: problem(c, 400, 'INVALID_REQUEST', z.prettifyError(parsed.error)) }
}
