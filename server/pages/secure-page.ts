import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { createOriginCheck } from '../http/origins.ts'
import { clientSecretOf } from '../share-requests/client-secret.ts'
import { RequestError } from '../share-requests/errors.ts'
import type { ApprovedShareRequest } from '../share-requests/share-request.ts'
import type { ShareRequests } from '../share-requests/share-requests.ts'
import { type Language, languageNamed, negotiateLanguage } from './languages.ts'
import { createSecurePageCookie } from './secure-page-cookie.ts'
import { expiredPage, notVerifiedPage, originNotAllowedPage, verifiedPage } from './secure-page-views.ts'

/**
 * Seconds that the cookie outlives the window. It opens nothing then, but tells the page that the verification has
 * expired.
 */
const cookieGraceSeconds = 3_600
/** Bytes. */
const maxFormBytes = 4_096

export interface SecurePageDeps {
  shareRequests: ShareRequests
  /** The current one, and previous ones that are still accepted. */
  gatewaySecrets: readonly [string, ...string[]]
  brandName: (context: Context) => string
  isOriginAllowed: ReturnType<typeof createOriginCheck>
  /** The store's clock, by which share requests are dated. */
  now: () => number
  /** How long an approval opens the page. */
  windowMs: number
  /** Path under which browsers reach the gateway, without a slash at its end; empty for none. */
  basePath: string
  /** Whether browsers reach the gateway under TLS. */
  secure: boolean
}

/**
 * The page behind the verification (steps 2.4 to 2.7 of Portmone's guide). The browser POSTs the id and the
 * clientSecret of its share request as a form; if that is approved and passed, a cookie grants access until `windowMs`
 * after the approval was decided; opening the page again does not extend that. Everyone else gets 403. The
 * form's `lang` is the language that the customer chose; the redirect passes it on as `?lang=`.
 */
export function createSecurePage(deps: SecurePageDeps) {
  const { shareRequests, gatewaySecrets, brandName, isOriginAllowed, now, windowMs, basePath } = deps
  const cookie = createSecurePageCookie(deps)

  return new Hono<{ Bindings: HttpBindings }>()
    .post('/secure', async (context) => {
      // The Content-Type does not matter: a body that is not a form has neither field.
      const form = new URLSearchParams(await textOf(context.req.raw, maxFormBytes))
      const chosen = languageNamed(form.get('lang'))
      if (!isOriginAllowed(context.env.incoming))
        return context.html(originNotAllowedPage(negotiateLanguage(context, chosen), brandName(context)), 403)
      const request = await findVerified(form.get('id'), form.get('clientSecret'))
      if (request === null || !isOpen(request)) return refuse(context, chosen, request)
      await cookie.set(context, request.id, Math.ceil(windowMs / 1000) + cookieGraceSeconds)
      return context.redirect(`${basePath}/secure${queryOf(chosen)}`, 303)
    })
    .get('/secure', async (context) => {
      const chosen = languageNamed(context.req.query('lang'))
      const ids = await cookie.read(context)
      const found = await Promise.all(
        ids.map((id) => findVerified(id, clientSecretOf(gatewaySecrets[0], id))),
      )
      const verified = found.filter((request) => request !== null)
      const open = verified.find(isOpen)
      return open === undefined
        ? refuse(context, chosen, verified[0] ?? null)
        : context.html(verifiedPage(negotiateLanguage(context, chosen), brandName(context), open))
    })

  /**
   * Counted from the decision on the checks, which can be later than the approval: the customer may have waited while
   * the facts were unavailable. A date in the future, after the clock was set back, does not count.
   */
  function isOpen(request: ApprovedShareRequest): boolean {
    return Math.abs(now() - request.changedAt) < windowMs
  }

  /** @param expired a share request whose window is over; null if nobody was verified. */
  function refuse(context: Context, chosen: Language | null, expired: ApprovedShareRequest | null) {
    const page = expired === null ? notVerifiedPage : expiredPage
    const start = `${basePath}/${queryOf(chosen)}`
    return context.html(page(negotiateLanguage(context, chosen), brandName(context), start), 403)
  }

  async function findVerified(
    id: string | null,
    clientSecret: string | null,
  ): Promise<ApprovedShareRequest | null> {
    if (id === null || clientSecret === null) return null
    try {
      const request = await shareRequests.find({ kind: 'CUSTOMER', address: '' }, { id, clientSecret })
      return request?.state === 'APPROVED' && request.outcome.passed ? request : null
    } catch (error) {
      // Not valid as an ID or clientSecret.
      if (error instanceof RequestError) return null
      throw error
    }
  }
}

const queryOf = (chosen: Language | null) => (chosen === null ? '' : `?lang=${chosen}`)

/**
 * The body as text, unless it is larger than `limit` bytes. The rest is not read, and the stream is not cancelled,
 * because that would close the connection before the answer.
 */
async function textOf(request: Request, limit: number): Promise<string> {
  const tooLarge = () => new HTTPException(413, { message: 'Payload Too Large' })
  if (Number(request.headers.get('content-length')) > limit) throw tooLarge()
  const reader = request.body?.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const part = await reader?.read().catch((cause) => {
      throw new HTTPException(400, { message: 'The form broke off.', cause })
    })
    if (part?.value === undefined) return Buffer.concat(chunks).toString()
    size += part.value.length
    if (size > limit) throw tooLarge()
    chunks.push(part.value)
  }
}
