/**
 * The HTTP contract between a Partner and the Portmone Service, as this project ASSUMES it.
 *
 * Portmone's REST API is not published. What its integration guide and sequence diagram say is: a Partner
 * authenticates with credentials and gets a token; with the token it creates a data share request and gets a
 * code; the status of a code can be asked without a token, and is `APPROVED` once the customer has approved;
 * with the token, the identity facts can be pulled by an approved code. Everything else below (paths, field
 * names, the words for other statuses) is assumption, and stands in this file alone. The gateway's client, the
 * sandbox and the SDK stand-in all import it: with Portmone's real endpoint documentation at hand, edit this
 * file and nothing else.
 *
 *   POST /v1/token               {clientId, clientSecret}            → 200 Token     401 on bad credentials
 *   POST /v1/share-requests      Bearer, Idempotency-Key, NewShare   → 201 Share     the same key, the same Share
 *   GET  /v1/share-status?code=  no token                            → 200 Status    404 on an unknown code
 *   GET  /v1/identity-facts?code= Bearer                             → 200 Facts     404 unknown, 409 not approved
 *
 * Any endpoint may answer 401 (token ended), 429 with `Retry-After` in seconds, or 5xx. An error's body is a Problem.
 */
import * as z from 'zod/mini'

/** The kinds of facts that can be asked, by the gateway's name for each and the word that stands for it on the wire. */
export const factNames = {
  FULL_NAME: 'fullName',
  GIVEN_NAME: 'givenName',
  FAMILY_NAME: 'familyName',
  DATE_OF_BIRTH: 'dateOfBirth',
  AGE_OVER_18: 'ageOver18',
  AGE_OVER_21: 'ageOver21',
  NATIONALITY: 'nationality',
  ADDRESS: 'address',
  DOCUMENT_NUMBER: 'documentNumber',
  TAX_NUMBER: 'taxNumber',
  EMAIL: 'email',
  PHONE: 'phone',
} as const

export type FactName = (typeof factNames)[keyof typeof factNames]

export const Credentials = z.object({ clientId: z.string(), clientSecret: z.string() })

/** `expiresIn` counts seconds from the moment of the answer. */
export const Token = z.object({
  accessToken: z.string().check(z.minLength(1)),
  expiresIn: z.number().check(z.positive()),
})

/** `purpose` is shown to the customer; `lifetime` counts seconds. */
export const NewShare = z.object({
  facts: z.array(z.enum(Object.values(factNames))).check(z.minLength(1)),
  purpose: z.string().check(z.minLength(1)),
  lifetime: z.number().check(z.positive()),
})

/** `code` is what the QR carries: opaque to the Partner; in the sandbox, a URL that a phone can open. */
export const Share = z.object({ id: z.string(), code: z.string().check(z.minLength(1)) })

/** `status` is any word. Those known are in `statuses`; a reader takes one that it does not know for PENDING. */
export const Status = z.object({ id: z.string(), status: z.string() })

/** Only APPROVED is documented by Portmone; PENDING and DECLINED are assumed. */
export const statuses = { pending: 'PENDING', approved: 'APPROVED', declined: 'DECLINED' } as const

const Address = z.object({
  street: z.optional(z.string()),
  city: z.optional(z.string()),
  postalCode: z.optional(z.string()),
  region: z.optional(z.string()),
  country: z.optional(z.string().check(z.regex(/^[A-Z]{2}$/))),
})

/** The facts that the customer shared: those that were asked and Portmone can prove. A fact may be missing. */
export const Facts = z.object({
  provenAt: z.iso.datetime(),
  facts: z.object({
    fullName: z.optional(z.string()),
    givenName: z.optional(z.string()),
    familyName: z.optional(z.string()),
    dateOfBirth: z.optional(z.iso.date()),
    ageOver18: z.optional(z.boolean()),
    ageOver21: z.optional(z.boolean()),
    nationality: z.optional(z.string().check(z.regex(/^[A-Z]{2}$/))),
    address: z.optional(Address),
    documentNumber: z.optional(z.string()),
    taxNumber: z.optional(z.string()),
    email: z.optional(z.email()),
    phone: z.optional(z.string()),
  }),
})

export const Problem = z.object({ error: z.string(), message: z.string() })

export type Credentials = z.infer<typeof Credentials>
export type Token = z.infer<typeof Token>
export type NewShare = z.infer<typeof NewShare>
export type Share = z.infer<typeof Share>
export type Status = z.infer<typeof Status>
export type Facts = z.infer<typeof Facts>
export type Problem = z.infer<typeof Problem>

export const paths = {
  token: '/v1/token',
  shareRequests: '/v1/share-requests',
  shareStatus: '/v1/share-status',
  identityFacts: '/v1/identity-facts',
} as const

/** Name of the request header that makes a repeated creation answer with the first one's Share. */
export const idempotencyHeader = 'Idempotency-Key'

/** Path and query that ask about one code. */
export const byCode = (path: string, code: string) => `${path}?code=${encodeURIComponent(code)}`

/**
 * The origin of the Portmone Service that issued a code. The SDK is given a code and nothing else, so it must find
 * the service in the code itself.
 */
export const serviceOf = (code: string) => new URL(code).origin
