/**
 * The HTTP contract between a Partner and the Portmone Service, as this project ASSUMES it.
 *
 * Portmone's REST API is not published. Its integration guide and sequence diagram say: a Partner authenticates
 * with credentials and gets a token; with the token it creates a data share request and gets a code; the status
 * of a code can be requested without a token, and is `APPROVED` once the customer has approved; with the token, the
 * identity facts of an approved code can be fetched. Everything else below (paths, field names, other statuses,
 * bounds) is assumed, and is stated only here and in wire-status.ts. The gateway's client, the sandbox and the SDK stand-in
 * import them: once Portmone's endpoints are documented, edit these two files.
 *
 *   POST /v1/token               {clientId, clientSecret}            → 200 Token     401 on bad credentials
 *   POST /v1/share-requests      Bearer, Idempotency-Key, NewShare   → 201 Share     the same key, the same Share
 *   GET  /v1/share-status?code=  no token                            → 200 Status    404 on an unknown code
 *   GET  /v1/identity-facts?code= Bearer                             → 200 Facts     404 unknown, 409 not approved
 *
 * Any endpoint may answer 401 (token expired), 429 with `Retry-After` in seconds, or 5xx. An error's body is a Problem.
 */
import * as z from 'zod/mini'
import { shareStatusPath } from './wire-status.ts'

export { byCode, serviceOf, statuses } from './wire-status.ts'

/** One line of text that can be shown: no control or invisible characters, no line breaks. */
const line = (maxLength: number) =>
  z.string().check(z.minLength(1), z.maxLength(maxLength), z.regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u))

/** Text in any script, line breaks included: no other control characters and no lone surrogates. */
const text = z.string().check(z.maxLength(1_000), z.regex(/^[\P{C}\p{Cf}\p{Co}\p{Cn}\t\n\r]*$/u))

/** ISO 3166-1 alpha-2 or alpha-3, or a code of ICAO Doc 9303 such as D, GBN, XXA. MRZ filler `<` may follow. */
const country = z.string().check(z.regex(/^[A-Za-z]{1,3}<{0,2}$/))

export const addressParts = { street: text, city: text, postalCode: text, region: text, country }

/** The facts that can be requested, each by its name on the wire with the form of its value. */
export const factValues = {
  fullName: text,
  givenName: text,
  familyName: text,
  /** YYYY-MM-DD. A month or day that the document does not state is 00, XX or left out. */
  dateOfBirth: z.string().check(z.regex(/^\d{4}(-(\d\d|XX)(-(\d\d|XX))?)?$/)),
  ageOver18: z.boolean(),
  ageOver21: z.boolean(),
  nationality: country,
  address: z.partial(z.object(addressParts)),
  documentNumber: text,
  taxNumber: text,
  /** Internationalised addresses included. */
  email: line(254).check(z.regex(/^[^\s@]+@[^\s@]+$/)),
  phone: text,
} as const

export const SharedFacts = z.partial(z.object(factValues))

export type FactName = keyof typeof factValues
export const factNames = Object.keys(factValues) as [FactName, ...FactName[]]

export const Credentials = z.object({ clientId: z.string(), clientSecret: z.string() })

/** `expiresIn` counts seconds from the moment of the answer. The token is sent in a header: visible ASCII alone. */
export const Token = z.object({
  accessToken: z.string().check(z.maxLength(8_192), z.regex(/^[\x21-\x7e]+$/)),
  expiresIn: z.number().check(z.minimum(1), z.maximum(366 * 86_400)),
})

/** `purpose` is shown to the customer; `lifetime` counts seconds. */
export const NewShare = z.object({
  facts: z.array(z.enum(factNames)).check(z.minLength(1)),
  purpose: z.string().check(z.minLength(1)),
  lifetime: z.number().check(z.positive()),
})

const shareId = line(200)

/** A QR code with error correction M holds 2,331 bytes. */
const fitsQrCode = z.refine<string>((code) => new TextEncoder().encode(code).length <= 2_331, {
  error: 'does not fit into a QR code',
})

/** `code` is what the QR carries. It is opaque to the Partner; in the sandbox it is a URL that a phone can open. */
export const Share = z.object({ id: shareId, code: line(2_000).check(fitsQrCode) })

/**
 * `id` is the id of the Share that the code belongs to. `status` is any word: known ones are in `statuses`, and readers
 * treat an unknown one as PENDING.
 */
export const Status = z.object({ id: shareId, status: z.string() })

/**
 * `facts` has those that the customer shared and Portmone can prove, by their names in `factValues`. One that cannot be
 * proven is missing, null or blank. A reader judges each by itself, so that one odd value does not spoil the others.
 */
export const Facts = z.object({
  provenAt: z.iso.datetime({ offset: true }),
  facts: z.record(z.string(), z.unknown()),
})

/** Portmone proved nothing before 2020. Its clock may be ahead of the reader's by five minutes. */
export function isPlausibleProofTime(provenAt: string, now: number): boolean {
  const time = Date.parse(provenAt)
  return time >= Date.UTC(2020, 0, 1) && time <= now + 5 * 60_000
}

/** Nobody alive was born before this year. */
export const earliestBirthYear = 1900

export const Problem = z.object({ error: z.string(), message: z.string() })

export type Credentials = z.infer<typeof Credentials>
export type Token = z.infer<typeof Token>
export type NewShare = z.infer<typeof NewShare>
export type Share = z.infer<typeof Share>
export type Status = z.infer<typeof Status>
export type Facts = z.infer<typeof Facts>
export type SharedFacts = z.infer<typeof SharedFacts>
export type Problem = z.infer<typeof Problem>

export const paths = {
  token: '/v1/token',
  shareRequests: '/v1/share-requests',
  shareStatus: shareStatusPath,
  identityFacts: '/v1/identity-facts',
} as const

/** Request header with which a repeated creation returns the Share of the first one. */
export const idempotencyHeader = 'Idempotency-Key'
