import { isIP } from 'node:net'
import * as z from 'zod'

/** Kinds of environment variables. Each error completes a sentence that starts with the variable's name. */

interface Range {
  min?: number
  max?: number
}

/** A whole number, of at least 1 unless `min` says otherwise. */
export const count = (fallback: number, { min = 1, max = 1_000_000 }: Range = {}) => {
  const error = `must be a whole number from ${min} to ${max}`
  return z.coerce.number(error).int(error).min(min, error).max(max, error).default(fallback)
}

/** A rate per second, which may be below 1. */
export const rate = (fallback: number, { min = 0.1, max = 100_000 }: Range = {}) => {
  const error = `must be a number from ${min} to ${max}`
  return z.coerce.number(error).min(min, error).max(max, error).default(fallback)
}

export const seconds = (fallback: number, { min = 0, max = 86_400 }: Range = {}) => {
  const error = `must be a number of seconds from ${min} to ${max}`
  return z.coerce.number(error).min(min, error).max(max, error).default(fallback)
}

export const flag = (fallback: 'on' | 'off') =>
  z
    .enum(['on', 'off'], 'must be on or off')
    .transform((word) => word === 'on')
    .default(fallback === 'on')

export const choice = <const Word extends string>(words: readonly Word[], fallback: NoInfer<Word>) =>
  z.enum(words, `must be one of ${words.join(', ')}`).default(fallback)

export const httpUrl = z.url({
  protocol: /^https?$/,
  error: 'must be a URL that starts with http:// or https://',
  abort: true,
})

export const origin = httpUrl
  .refine((url) => new URL(url).href === `${new URL(url).origin}/`, {
    error: 'must have a scheme, a host and a port only, such as https://partner.example',
  })
  .transform((url) => new URL(url).origin)

/** As browsers send it, also from an app's own scheme, such as `capacitor://localhost`. */
export const anyOrigin = z
  .string()
  .regex(/^[a-z][a-z\d+.-]*:\/\/[^\s/?#@*]+\/?$/i, {
    error:
      'must have a scheme, a host and a port only, without wildcards, such as https://shop.example or capacitor://localhost',
    abort: true,
  })
  .transform((text) => {
    const { origin } = new URL(text)
    return origin === 'null' ? text.toLowerCase().replace(/\/$/, '') : origin
  })

/** Schemes whose URLs run code or show content in the page's own name. */
const unsafeSchemes = /^(javascript|data|blob|file|filesystem|view-source|vbscript):/i

/** An origin to which a page may lead the customer: of a site, or of an app with a scheme of its own. */
export const returnOrigin = anyOrigin.refine((origin) => !unsafeSchemes.test(origin), {
  error: 'must be the origin of a site or an app, such as https://shop.example or shop-app://verified',
})

export const hostName = z
  .string()
  .regex(/^([\w.-]+|\[[\da-f:.]+\])$/i, 'must be host names without a port, such as gateway.internal')

/** An address or a name of this machine. */
export const listenHost = z
  .string()
  .transform((text) => text.replace(/^\[(.*)\]$/, '$1'))
  .refine((text) => isIP(text) !== 0 || /^[\w.-]+$/.test(text), {
    error: 'must be an IP address or a host name, without scheme and port, such as 0.0.0.0 or ::1',
  })

/** A URL to which paths are added. */
export const baseUrl = httpUrl
  .refine((url) => new URL(url).href === new URL(url).origin + new URL(url).pathname, {
    error: 'must not have credentials, a query or a fragment',
  })
  .transform((url) => new URL(url).href.replace(/\/+$/, ''))

/** The scheme may be missing, as is common for proxies. */
export const proxyUrl = z
  .string()
  .transform((text) => (text.includes('://') ? text : `http://${text}`))
  .pipe(
    z.url({
      protocol: /^(https?|socks5)$/,
      error: 'must be the URL of a proxy, such as http://proxy.example:3128',
    }),
  )

export const cssColour = z
  .string()
  .max(60, 'must have at most 60 characters')
  .regex(/^(#[0-9a-f]{3,8}|[a-z]+|[a-z]+\([\w\s.,%/+-]+\))$/i, 'must be a CSS colour such as #2f5fb3')

/** A comma-separated list. */
export const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((entry) => entry.trim())
      .filter(Boolean),
  )

export const oneLine = z.string().regex(/^\P{Cc}*$/u, {
  error: 'must not contain line breaks or other control characters',
  abort: true,
})

/** A secret that someone else issued. */
export const issuedSecret = oneLine

const randomCharacters = 'at least 32 random characters, for example from `openssl rand -base64 32`'

/** A secret that must be random: neither a few characters repeated nor one copied from a sample. */
export const randomSecret = oneLine
  .min(32, { error: `must have ${randomCharacters}`, abort: true })
  .refine(isUnpredictable, `is too predictable: it must have ${randomCharacters}`)

function isUnpredictable(secret: string): boolean {
  const isRepeated = `${secret}${secret}`.indexOf(secret, 1) < secret.length
  return (
    new Set(secret).size >= 8 &&
    !isRepeated &&
    !/change.?me|example|password|your.?secret|replace/i.test(secret)
  )
}
