import { Readable } from 'node:stream'
import { request } from 'undici'
import { expect, onTestFinished, test, vi } from 'vitest'
import { canaries, personas } from '../../portmone/sandbox/personas.ts'
import { startSandbox } from '../../portmone/sandbox/sandbox.ts'
import { AnswerError } from '../../portmone/sandbox/share-requests.ts'
import { factNames, idempotencyHeader, Problem, paths, Token } from '../../portmone/wire.ts'
import { bank, calls, partnerAt, share, shop } from './partner.ts'

const start = (options: Partial<Parameters<typeof startSandbox>[0]> = {}) =>
  startSandbox({ partners: [shop, bank], ...options })

/** A clock that stands still until `pass` advances it by some seconds. */
function clock(start = '2026-05-04T12:00:00Z') {
  let time = Date.parse(start)
  const pass = (seconds: number) => {
    time += seconds * 1000
  }
  return { now: () => time, pass }
}

/** Status and error code of the Problem. */
const refusal = async (response: Response) => [response.status, Problem.parse(await response.json()).error]

test('a Partner gets a token, creates a share request, sees the approval and fetches the facts', async () => {
  await using sandbox = await start()
  const partner = await partnerAt(sandbox.url)
  const { code } = await partner.create()
  expect(code).toMatch(new RegExp(`^${sandbox.url}/c/[\\w-]{22}$`))
  expect(await partner.status(code)).toBe('PENDING')
  const before = Date.now()
  sandbox.approve(code, 'adult')
  expect(await partner.status(code)).toBe('APPROVED')
  const { facts, provenAt } = await partner.facts(code)
  const { fullName, dateOfBirth } = personas.adult.facts
  expect(facts).toEqual({ fullName, dateOfBirth, ageOver18: true })
  expect(Date.parse(provenAt)).toBeGreaterThanOrEqual(before)
  expect(Date.parse(provenAt)).toBeLessThanOrEqual(Date.now())
})

test('a declined share request says so and gives no facts', async () => {
  await using sandbox = await start()
  const partner = await partnerAt(sandbox.url)
  const { code } = await partner.create()
  sandbox.decline(code)
  expect(await partner.status(code)).toBe('DECLINED')
  expect(await refusal(await calls(sandbox.url).facts(partner.token, code))).toEqual([409, 'NOT_APPROVED'])
})

test.each([
  ['a wrong secret', { ...shop, clientSecret: 'bank-secret' }, [401, 'UNAUTHORIZED']],
  ['an unknown Partner', { ...shop, clientId: 'thief' }, [401, 'UNAUTHORIZED']],
  ['no secret', { clientId: 'shop' }, [400, 'INVALID_REQUEST']],
  ['no JSON', '{', [400, 'INVALID_REQUEST']],
])('issues no token for %s', async (_, body, refused) => {
  await using sandbox = await start()
  expect(await refusal(await calls(sandbox.url).token(body))).toEqual(refused)
})

test('a token expires after its lifetime', async () => {
  const { now, pass } = clock()
  await using sandbox = await start({ now, tokenLifetime: 60 })
  const at = calls(sandbox.url)
  const { accessToken, expiresIn } = Token.parse(await (await at.token(shop)).json())
  expect(expiresIn).toBe(60)
  pass(59.999)
  expect((await at.create(accessToken)).status).toBe(201)
  pass(0.001)
  const refused = await at.create(accessToken)
  expect(refused.headers.get('www-authenticate')).toBe('Bearer')
  expect(await refusal(refused)).toEqual([401, 'UNAUTHORIZED'])
})

test.each([
  ['an unknown fact', { ...share, facts: ['shoeSize'] }],
  ['no fact', { ...share, facts: [] }],
  ['no purpose', { ...share, purpose: '' }],
  ['no lifetime', { ...share, lifetime: 0 }],
])('creates no share request with %s', async (_, body) => {
  await using sandbox = await start()
  const { token } = await partnerAt(sandbox.url)
  expect(await refusal(await calls(sandbox.url).create(token, body))).toEqual([400, 'INVALID_REQUEST'])
})

test('a body that is too large, or of unknown size, is rejected', async () => {
  await using sandbox = await start()
  const large = await calls(sandbox.url).token({ ...shop, clientSecret: 'x'.repeat(100_000) })
  expect(await refusal(large)).toEqual([413, 'TOO_LARGE'])
  const chunked = await request(sandbox.url + paths.token, { method: 'POST', body: Readable.from(['{}']) })
  expect([chunked.statusCode, Problem.parse(await chunked.body.json()).error]).toEqual([
    411,
    'LENGTH_REQUIRED',
  ])
})

test('an idempotency key always returns the same share request, separately for each Partner', async () => {
  await using sandbox = await start()
  const [partner, other] = [await partnerAt(sandbox.url, shop), await partnerAt(sandbox.url, bank)]
  const first = await partner.create(share, 'key')
  expect(await partner.create({ ...share, facts: ['email'] }, 'key')).toEqual(first)
  expect(
    (await Promise.all([1, 2, 3].map(() => partner.create(share, 'key')))).every((s) => s.id === first.id),
  ).toBe(true)
  const { code, id } = first
  for (const made of [
    await partner.create(share, 'other key'),
    await other.create(share, 'key'),
    await partner.create(),
    await partner.create(),
  ]) {
    expect(made.code).not.toBe(code)
    expect(made.id).not.toBe(id)
  }
})

test("another Partner's share request does not exist", async () => {
  await using sandbox = await start()
  const { code } = await (await partnerAt(sandbox.url, shop)).create()
  sandbox.approve(code)
  const thief = await partnerAt(sandbox.url, bank)
  const at = calls(sandbox.url)
  const unknown = await at.facts(thief.token, `${sandbox.url}/c/unknown`)
  const others = await at.facts(thief.token, code)
  expect(others.status).toBe(404)
  expect(await others.json()).toEqual(await unknown.json())
  expect(await refusal(await at.facts('no-token', code))).toEqual([401, 'UNAUTHORIZED'])
})

test('an unknown code has no status', async () => {
  await using sandbox = await start()
  const { status } = calls(sandbox.url)
  expect(await refusal(await status(`${sandbox.url}/c/unknown`))).toEqual([404, 'UNKNOWN_CODE'])
  expect(await refusal(await status(''))).toEqual([404, 'UNKNOWN_CODE'])
})

test('pages of any origin may request the status, and nothing else', async () => {
  await using sandbox = await start()
  const { token, create } = await partnerAt(sandbox.url)
  const { code } = await create()
  sandbox.approve(code)
  const allowed = (response: Response) => response.headers.get('access-control-allow-origin')
  const headers = { origin: 'https://shop.example' }
  const { status } = calls(sandbox.url)
  expect(allowed(await status(code, { headers }))).toBe('*')
  sandbox.misbehave({ kind: 'rate-limited', retryAfter: 3, times: 1 })
  const limited = await status(code, { headers })
  expect([limited.status, allowed(limited)]).toEqual([429, '*'])
  expect(limited.headers.get('access-control-expose-headers')).toBe('Retry-After')

  const preflight = { ...headers, 'access-control-request-method': 'GET' }
  const asked = await status(code, { method: 'OPTIONS', headers: preflight })
  expect([asked.status, allowed(asked)]).toEqual([204, '*'])
  for (const path of [
    paths.token,
    paths.shareRequests,
    paths.identityFacts,
    '/control/faults',
    new URL(code).pathname,
  ]) {
    const query = `?code=${encodeURIComponent(code)}`
    const authorized = { ...preflight, authorization: `Bearer ${token}` }
    for (const method of ['GET', 'POST', 'OPTIONS'])
      expect(allowed(await fetch(sandbox.url + path + query, { method, headers: authorized }))).toBeNull()
  }
})

test('an expired share request stays pending and cannot be answered', async () => {
  const { now, pass } = clock()
  await using sandbox = await start({ now, tokenLifetime: 3600 })
  const partner = await partnerAt(sandbox.url)
  const [first, second] = [await partner.create(), await partner.create()]
  pass(299.999)
  sandbox.approve(first.code)
  pass(0.001)
  expect(() => sandbox.approve(second.code)).toThrow(expect.objectContaining({ reason: 'EXPIRED' }))
  expect(await partner.status(second.code)).toBe('PENDING')
  expect(await partner.status(first.code)).toBe('APPROVED')
})

test('a share request is answered once', async () => {
  await using sandbox = await start()
  const { create, status } = await partnerAt(sandbox.url)
  const { code } = await create()
  sandbox.decline(code)
  expect(() => sandbox.approve(code)).toThrow(AnswerError)
  expect(() => sandbox.decline(code)).toThrow('already DECLINED')
  expect(await status(code)).toBe('DECLINED')
  expect(() => sandbox.approve('unknown')).toThrow(expect.objectContaining({ reason: 'UNKNOWN_CODE' }))
})

test('ages are derived from the date of birth and the day of the approval', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2035-03-28T23:59:59Z') })
  onTestFinished(() => void vi.useRealTimers())
  await using sandbox = await start()
  const { create, facts } = await partnerAt(sandbox.url)
  const ages = { ...share, facts: ['ageOver18', 'ageOver21'] }
  const [before, after] = [await create(ages), await create(ages)]
  expect(personas.minor.facts.dateOfBirth).toBe('2017-03-29')
  sandbox.approve(before.code, 'minor')
  vi.setSystemTime(Date.parse('2035-03-29T00:00:00Z'))
  sandbox.approve(after.code, 'minor')
  expect((await facts(before.code)).facts).toEqual({ ageOver18: false, ageOver21: false })
  expect((await facts(after.code)).facts).toEqual({ ageOver18: true, ageOver21: false })
})

test('a person with no date of birth has no age facts, but all others', async () => {
  await using sandbox = await start()
  const { create, facts } = await partnerAt(sandbox.url)
  const { code } = await create({ ...share, facts: Object.values(factNames) })
  sandbox.approve(code, 'no-birth-date')
  expect((await facts(code)).facts).toEqual(personas['no-birth-date'].facts)
})

test('every fact of every persona honours the wire contract, and no canary is in two personas', async () => {
  await using sandbox = await start()
  const { create, facts } = await partnerAt(sandbox.url)
  for (const id of ['adult', 'minor', 'no-birth-date'] as const) {
    const { code } = await create({ ...share, facts: Object.values(factNames) })
    sandbox.approve(code, id)
    expect((await facts(code)).facts).toMatchObject(personas[id].facts)
  }
  expect(new Set(canaries).size).toBe(canaries.length)
  expect(canaries).toContain(personas.adult.facts.address.postalCode)
  expect(canaries).not.toContain('UA')
})

test('codes start with the origin that phones reach', async () => {
  await using sandbox = await start({ origin: 'https://phone.example' })
  const { create, status } = await partnerAt(sandbox.url)
  const { code } = await create()
  expect(code).toMatch(/^https:\/\/phone\.example\/c\//)
  expect(await status(code)).toBe('PENDING')
})

test('without an idempotency header every creation is new', async () => {
  await using sandbox = await start()
  const { token } = await partnerAt(sandbox.url)
  const { create } = calls(sandbox.url)
  const answers = [await create(token, share, { [idempotencyHeader]: 'k' }), await create(token)]
  const [first, second] = await Promise.all(answers.map((answer) => answer.json()))
  expect(first).not.toEqual(second)
})
