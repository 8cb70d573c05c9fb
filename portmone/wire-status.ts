/**
 * The part of the assumed contract (see wire.ts) that a browser needs: how the SDK asks for a code's status. Without
 * a schema library, so that pages stay small.
 */

/** Only APPROVED is documented by Portmone; PENDING and DECLINED are assumed. */
export const statuses = { pending: 'PENDING', approved: 'APPROVED', declined: 'DECLINED' } as const

export const shareStatusPath = '/v1/share-status'

/** Path and query for one code. */
export const byCode = (path: string, code: string) => `${path}?code=${encodeURIComponent(code)}`

/**
 * The origin of the Portmone Service that issued a code. The SDK is given nothing but the code, so it must find the
 * service in the code itself.
 */
export const serviceOf = (code: string) => new URL(code).origin
