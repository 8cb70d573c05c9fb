import type { CallKind } from '../../portmone/sandbox/calls.ts'
import type { SandboxPartner } from '../../portmone/sandbox/partners.ts'
import type { Sandbox } from '../../portmone/sandbox/sandbox.ts'
import {
  byCode,
  Facts,
  idempotencyHeader,
  type NewShare,
  paths,
  Share,
  Status,
  Token,
} from '../../portmone/wire.ts'

export const shop: SandboxPartner = { clientId: 'shop', clientSecret: 'shop-secret', name: 'Corner Shop' }
export const bank: SandboxPartner = { clientId: 'bank', clientSecret: 'bank-secret', name: 'Old Bank' }

export const share: NewShare = {
  facts: ['fullName', 'dateOfBirth', 'ageOver18'],
  purpose: 'To sell you what only adults may buy.',
  lifetime: 300,
}

const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

/** The plain calls of the wire contract, as a Partner's backend makes them. */
export const calls = (url: string) => ({
  token: (body: unknown) => post(url + paths.token, body),
  create: (token: string, body: unknown = share, headers: Record<string, string> = {}) =>
    post(url + paths.shareRequests, body, { authorization: `Bearer ${token}`, ...headers }),
  status: (code: string, init?: RequestInit) => fetch(url + byCode(paths.shareStatus, code), init),
  facts: (token: string, code: string) =>
    fetch(url + byCode(paths.identityFacts, code), { headers: { authorization: `Bearer ${token}` } }),
})

/** A Partner whose calls succeed: their answers, validated against the wire contract. */
export async function partnerAt(url: string, { clientId, clientSecret }: SandboxPartner = shop) {
  const at = calls(url)
  const { accessToken: token } = Token.parse(await (await at.token({ clientId, clientSecret })).json())
  return {
    token,
    async create(body: unknown = share, key?: string) {
      const response = await at.create(token, body, key === undefined ? {} : { [idempotencyHeader]: key })
      return Share.parse(await response.json())
    },
    status: async (code: string) => Status.parse(await (await at.status(code)).json()).status,
    facts: async (code: string) => Facts.parse(await (await at.facts(token, code)).json()),
  }
}

/** One call of each kind by a Partner with an approved code, and its expected answer. */
export async function calling(sandbox: Sandbox) {
  const at = calls(sandbox.url)
  const { token, create } = await partnerAt(sandbox.url)
  const { code } = await create()
  sandbox.approve(code)
  const call: Record<CallKind, () => Promise<Response>> = {
    token: () => at.token(shop),
    create: () => at.create(token, share, { [idempotencyHeader]: 'the key' }),
    status: () => at.status(code),
    facts: () => at.facts(token, code),
  }
  return { code, call }
}
