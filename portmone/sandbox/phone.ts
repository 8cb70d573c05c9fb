import { readFileSync } from 'node:fs'
import { type Context, Hono } from 'hono'
import { csrf } from 'hono/csrf'
import { secureHeaders } from 'hono/secure-headers'
import type { NodeEnv } from './http.ts'
import type { SandboxPartners } from './partners.ts'
import { isPersonaId } from './personas.ts'
import * as pages from './phone-pages.ts'
import {
  AnswerError,
  type Reply,
  type SandboxShareRequest,
  type SandboxShareRequests,
} from './share-requests.ts'

const css = readFileSync(new URL('./phone.css', import.meta.url), 'utf8')

const headers = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    imgSrc: ['data:'],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
  xFrameOptions: 'DENY',
  // With no-referrer, browsers send "Origin: null" with the form, which csrf() cannot tell from another site's.
  referrerPolicy: 'same-origin',
  strictTransportSecurity: false,
})

/** The customer's phone: opening a code shows who requests what and why; a form answers. Needs no JavaScript. */
export function phone(deps: {
  partners: SandboxPartners
  shareRequests: SandboxShareRequests
  now: () => number
  origin: string
  log: (line: string) => void
}) {
  const { partners, shareRequests, now, origin, log } = deps
  const app = new Hono<NodeEnv>()
  app.use(headers, csrf({ origin: (sender, c) => sender === origin || sender === new URL(c.req.url).origin }))

  app.get('/', (c) => c.html(pages.home()))
  app.get('/phone.css', (c) => c.body(css, 200, { 'Content-Type': 'text/css; charset=utf-8' }))

  app.get('/c/:slug', (c) => {
    const request = shareRequests.bySlug(c.req.param('slug'))
    return request === null ? notFound(c) : show(c, request)
  })

  app.post('/c/:slug', async (c) => {
    const request = shareRequests.bySlug(c.req.param('slug'))
    if (request === null) return notFound(c)
    const reply = replyOf(await c.req.parseBody())
    if (reply === null) return c.html(pages.consent(viewOf(request), 'Choose who you are, then answer.'), 400)
    try {
      shareRequests.answer(request.code, reply)
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error
      return show(c, request, 409)
    }
    log(`${reply === 'decline' ? 'Declined' : `Approved as ${reply.approve}`}: ${request.code}`)
    return c.redirect(c.req.path, 303)
  })

  return app

  function show(c: Context, { slug }: SandboxShareRequest, statusOfAnswered: 200 | 409 = 200) {
    const request = shareRequests.bySlug(slug)
    if (request === null) return notFound(c)
    c.header('Cache-Control', 'no-store')
    if (request.answer !== null)
      return c.html(
        pages.answered(viewOf(request), request.answer, statusOfAnswered === 409),
        statusOfAnswered,
      )
    if (shareRequests.isExpired(request)) return c.html(pages.expired(viewOf(request)), 410)
    return c.html(pages.consent(viewOf(request)))
  }

  function viewOf(request: SandboxShareRequest): pages.View {
    return { partner: partners.nameOf(request.clientId), request, now: now() }
  }
}

const notFound = (c: Context) => c.html(pages.unknownCode(), 404)

function replyOf({ answer, persona }: Record<string, unknown>): Reply | null {
  if (answer === 'decline') return 'decline'
  return answer === 'approve' && isPersonaId(persona) ? { approve: persona } : null
}
