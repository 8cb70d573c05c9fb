import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { accepts } from 'hono/accepts'
import { getSignedCookie, setSignedCookie } from 'hono/cookie'
import { HTTPException } from 'hono/http-exception'
import type { createOriginCheck } from '../http/origins.ts'
import { clientSecretOf } from '../share-requests/client-secret.ts'
import type { ApprovedShareRequest } from '../share-requests/share-request.ts'
import type { ShareRequests } from '../share-requests/share-requests.ts'
import {
  expiredPage,
  notVerifiedPage,
  type SecurePageLanguage,
  securePageLanguages,
  verifiedPage,
} from './secure-page-views.ts'

const cookieName = 'verified'
/**
 * Seconds that the cookie outlives the window. It opens nothing by then; it lets the page say that the verification has
 * expired.
 */
const cookieGraceSeconds = 3_600
/** Bytes. */
const maxFormBytes = 4_096

export interface SecurePageDeps {
  shareRequests: ShareRequests
  gatewaySecret: string
  brandName: string
  isOriginAllowed: ReturnType<typeof createOriginCheck>
  /** The store's clock, by which share requests are dated. */
  now: () => number
  /** How long an approval opens the page. */
  windowMs: number
  /** Whether browsers reach the gateway under TLS. */
  secure: boolean
}

/**
 * The page behind the verification (steps 2.4 to 2.7 of Portmone's guide). The browser POSTs the id and the
 * clientSecret of its share request as a form; if that is approved and passed, a cookie for this path alone lets it
 * in, until `windowMs` after the approval was decided: whoever comes late, or again, does not prolong it. Everyone else
 * gets 403. The form's `lang` is the language that the customer chose; it goes along as `?lang=`.
 */
export function createSecurePage(deps: SecurePageDeps) {
  const { shareRequests, gatewaySecret, brandName, isOriginAllowed, now, windowMs, secure } = deps
  const cookieKey = `secure-page:${gatewaySecret}`

  return new Hono<{ Bindings: HttpBindings }>()
    .post('/secure', async (context) => {
      // Whatever the type says: what is no form has neither field.
      const form = new URLSearchParams(await textOf(context.req.raw, maxFormBytes))
      const chosen = spoken(form.get('lang'))
      const isAllowed = isOriginAllowed(context.env.incoming)
      const request = isAllowed ? await verified(form.get('id'), form.get('clientSecret')) : null
      if (request === null || !isOpen(request)) return refuse(context, chosen, request)
      await setSignedCookie(context, cookieName, request.id, cookieKey, {
        path: '/secure',
        httpOnly: true,
        sameSite: 'Strict',
        secure,
        maxAge: Math.ceil(windowMs / 1000) + cookieGraceSeconds,
      })
      return context.redirect(chosen === null ? '/secure' : `/secure?lang=${chosen}`, 303)
    })
    .get('/secure', async (context) => {
      const chosen = spoken(context.req.query('lang'))
      const id = (await getSignedCookie(context, cookieKey, cookieName)) || null
      const request = id === null ? null : await verified(id, clientSecretOf(gatewaySecret, id))
      return request === null || !isOpen(request)
        ? refuse(context, chosen, request)
        : context.html(verifiedPage(languageOf(context, chosen), brandName, request))
    })

  /**
   * By the moment at which the checks were decided, which can be a while after the approval itself: the facts may have
   * been unavailable, and the customer has waited. A date in the future, after the clock was set back, does not count.
   */
  function isOpen(request: ApprovedShareRequest): boolean {
    return Math.abs(now() - request.changedAt) < windowMs
  }

  /** `request` is one whose window is over; null where nobody was verified. */
  function refuse(context: Context, chosen: SecurePageLanguage | null, request: ApprovedShareRequest | null) {
    const start = chosen === null ? '/' : `/?lang=${chosen}`
    const page = request === null ? notVerifiedPage : expiredPage
    return context.html(page(languageOf(context, chosen), brandName, start), 403)
  }

  async function verified(
    id: string | null,
    clientSecret: string | null,
  ): Promise<ApprovedShareRequest | null> {
    if (id === null || clientSecret === null) return null
    const request = await shareRequests.find({ kind: 'CUSTOMER', address: '' }, { id, clientSecret })
    return request?.state === 'APPROVED' && request.outcome.passed ? request : null
  }
}

/**
 * The body as text, unless it is larger than `limit` bytes. What comes beyond that is not read, and the stream is not
 * cancelled: that would close the connection before the answer.
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

/** The one that was chosen, else the visitor's, of those that the page speaks; the answer's headers say which. */
function languageOf(context: Context, chosen: SecurePageLanguage | null): SecurePageLanguage {
  const language = chosen ?? acceptedBy(context)
  context.header('content-language', language)
  context.header('vary', 'Accept-Language', { append: true })
  return language
}

function acceptedBy(context: Context): SecurePageLanguage {
  const [fallback] = securePageLanguages
  const accepted = accepts(context, {
    header: 'Accept-Language',
    supports: [...securePageLanguages],
    default: fallback,
    match: (wanted) =>
      [...wanted]
        .sort((a, b) => b.q - a.q)
        .filter(({ q }) => q > 0)
        .map(({ type }) => type.toLowerCase().split('-', 1)[0] ?? '')
        .find((type) => spoken(type) !== null) ?? fallback,
  })
  return spoken(accepted) ?? fallback
}

/** The language itself if the page speaks it, else null. */
const spoken = (language: string | null | undefined): SecurePageLanguage | null =>
  securePageLanguages.find((known) => known === language) ?? null
