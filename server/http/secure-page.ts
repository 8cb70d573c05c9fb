import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { accepts } from 'hono/accepts'
import { bodyLimit } from 'hono/body-limit'
import { getSignedCookie, setSignedCookie } from 'hono/cookie'
import { clientSecretOf } from '../share-requests/client-secret.ts'
import type { ApprovedShareRequest } from '../share-requests/share-request.ts'
import type { ShareRequests } from '../share-requests/share-requests.ts'
import type { createOriginCheck } from './origins.ts'
import {
  grantedPage,
  refusedPage,
  type SecurePageLanguage,
  securePageLanguages,
} from './secure-page-views.ts'

const cookieName = 'verified'
/** Seconds that the page stays open to the browser that was let in. */
const lifetime = 300

export interface SecurePageParts {
  shareRequests: ShareRequests
  gatewaySecret: string
  brandName: string
  isOriginAllowed: ReturnType<typeof createOriginCheck>
  /** Whether browsers reach the gateway under TLS. */
  secure: boolean
}

/**
 * The page behind the verification (steps 2.4 to 2.7 of Portmone's guide). The browser POSTs the id and the
 * clientSecret of its share request as a form; if that is approved and passed, a short-lived cookie for this path
 * alone lets it in. Everyone else gets 403.
 */
export function createSecurePage(parts: SecurePageParts) {
  const { shareRequests, gatewaySecret, brandName, isOriginAllowed, secure } = parts
  const cookieKey = `secure-page:${gatewaySecret}`

  return new Hono<{ Bindings: HttpBindings }>()
    .post('/secure', bodyLimit({ maxSize: 4_096 }), async (context) => {
      // Whatever the type says: what is no form has neither field.
      const form = new URLSearchParams(await context.req.text())
      const isAllowed = isOriginAllowed(context.env.incoming)
      const request = isAllowed ? await verified(form.get('id'), form.get('clientSecret')) : null
      if (request === null) return context.html(refusedPage(languageOf(context), brandName), 403)
      const until = Date.now() + lifetime * 1000
      await setSignedCookie(context, cookieName, `${request.id}.${until}`, cookieKey, {
        path: '/secure',
        httpOnly: true,
        sameSite: 'Strict',
        secure,
        maxAge: lifetime,
      })
      return context.redirect('/secure', 303)
    })
    .get('/secure', async (context) => {
      const [id = '', until] = ((await getSignedCookie(context, cookieKey, cookieName)) || '').split('.')
      const request =
        Number(until) > Date.now() ? await verified(id, clientSecretOf(gatewaySecret, id)) : null
      return request === null
        ? context.html(refusedPage(languageOf(context), brandName), 403)
        : context.html(grantedPage(languageOf(context), brandName, request))
    })

  async function verified(
    id: string | null,
    clientSecret: string | null,
  ): Promise<ApprovedShareRequest | null> {
    if (id === null || clientSecret === null) return null
    const request = await shareRequests.find({ kind: 'CUSTOMER', address: '' }, { id, clientSecret })
    return request?.state === 'APPROVED' && request.outcome.passed ? request : null
  }
}

/** The visitor's, of those that the page speaks; the answer's headers say which. */
function languageOf(context: Context): SecurePageLanguage {
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
        .find(isSpoken) ?? fallback,
  })
  const language = isSpoken(accepted) ? accepted : fallback
  context.header('content-language', language)
  context.header('vary', 'Accept-Language', { append: true })
  return language
}

const isSpoken = (language: string): language is SecurePageLanguage =>
  securePageLanguages.some((spoken) => spoken === language)
