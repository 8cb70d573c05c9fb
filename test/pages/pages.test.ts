import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { personas } from '../../portmone/sandbox/personas.ts'
import { overHttp, type TestClient } from '../support/clients.ts'
import { type Created, create, operations } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'

let stage: Stage
let customer: TestClient

beforeAll(async () => {
  stage = await startStage({
    config: {
      graphiql: true,
      brand: { name: 'Wine & Co', accent: '#704', logoFile: null },
      returnOrigins: ['https://shop.example'],
    },
  })
  customer = overHttp(stage.gateway.url)
})
afterAll(() => stage[Symbol.asyncDispose]())

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(stage.gateway.url + path, { headers, redirect: 'manual' })

const post = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${stage.gateway.url}/secure`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers,
    redirect: 'manual',
  })

/** A share request that the persona has approved. */
async function approved(persona: keyof typeof personas): Promise<Created> {
  const created = await create(customer)
  stage.sandbox.approve(created.code, persona)
  const { id, clientSecret } = created
  const { data } = await customer.run(operations.check, { input: { id, clientSecret } })
  expect(data.checkShareRequest.status.__typename).toBe('ApprovedStatus')
  return created
}

describe('the secure page', () => {
  test('lets in a customer who was approved and passed, by a cookie for its own path', async () => {
    const { id, clientSecret } = await approved('adult')
    const posted = await post({ id, clientSecret })
    expect(posted.status).toBe(303)
    expect(posted.headers.get('location')).toBe('/secure')
    const cookie = posted.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/; Path=\/secure(;|$)/)
    expect(cookie).toMatch(/; HttpOnly(;|$)/)
    expect(cookie).toMatch(/; SameSite=Lax(;|$)/)
    expect(cookie).toMatch(/; Max-Age=3900(;|$)/)
    expect(cookie).not.toContain(clientSecret)

    const page = await get('/secure', { cookie: cookie.split(';', 1)[0] ?? '' })
    expect(page.status).toBe(200)
    expect(page.headers.get('cache-control')).toBe('no-store')
    const text = await page.text()
    expect(text).toContain('You’re verified')
    expect(text).toContain('We serve citizens of your country')
    expect(text).toContain('Wine &amp; Co')
    for (const fact of Object.values(personas.adult.facts).filter(
      (value) => typeof value === 'string' && value.length > 2,
    ))
      expect(text).not.toContain(fact)
  })

  test.each<[string, () => Promise<Record<string, string>>]>([
    ['approved and not passed', async () => ({ ...(await approved('minor')) })],
    ['approved and undecidable', async () => ({ ...(await approved('no-birth-date')) })],
    ['pending', async () => ({ ...(await create(customer)) })],
    ['a wrong clientSecret', async () => ({ ...(await approved('adult')), clientSecret: 'A'.repeat(43) })],
    ['no clientSecret', async () => ({ id: (await approved('adult')).id })],
    ['nothing', async () => ({})],
    ['text that no id can be', async () => ({ id: 'a\u0000b', clientSecret: 'A'.repeat(43) })],
  ])('answers 403 and sets no cookie: %s', async (_, fields) => {
    const response = await post(await fields())
    expect(response.status).toBe(403)
    expect(response.headers.get('set-cookie')).toBeNull()
    expect(await response.text()).toContain('Verify yourself')
  })

  test('answers 403 without the cookie or with a forged one', async () => {
    const { id, clientSecret } = await approved('adult')
    const other = await create(customer)
    const cookie = ((await post({ id, clientSecret })).headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
    for (const tampered of ['', 'verified=x', cookie.replace(id, other.id), `${cookie}x`])
      expect((await get('/secure', { cookie: tampered })).status).toBe(403)
  })

  test('tells a form from another origin that the website is misconfigured, not that nobody was verified', async () => {
    const { id, clientSecret } = await approved('adult')
    const refused = await post({ id, clientSecret }, { origin: 'https://evil.example' })
    expect(refused.status).toBe(403)
    expect(refused.headers.get('set-cookie')).toBeNull()
    const text = await refused.text()
    expect(text).toContain('This website is not set up correctly')
    expect(text).not.toContain('Verify yourself')
    expect((await post({ id, clientSecret }, { origin: stage.gateway.url })).status).toBe(303)
  })

  test.each([
    ['uk-UA,uk;q=0.9,en;q=0.8', 'uk', 'Щоб відкрити цю сторінку, пройдіть перевірку'],
    ['de, en;q=0.5, uk;q=0.7', 'uk', 'Щоб відкрити цю сторінку, пройдіть перевірку'],
    ['uk;q=0, en', 'en', 'Verify yourself to see this page'],
    ['de', 'en', 'Verify yourself to see this page'],
    ['*', 'en', 'Verify yourself to see this page'],
  ])('speaks to %s in %s', async (accepted, language, title) => {
    const page = await get('/secure', { 'accept-language': accepted })
    expect(page.headers.get('content-language')).toBe(language)
    expect(page.headers.get('vary')?.toLowerCase()).toContain('accept-language')
    const text = await page.text()
    expect(text).toContain(`<html lang="${language}">`)
    expect(text).toContain(title)
  })

  test.each(['uk-UA', 'UK'])('speaks the language of a link with lang=%s', async (lang) => {
    const page = await get(`/secure?lang=${lang}`, { 'accept-language': 'en' })
    expect(page.headers.get('content-language')).toBe('uk')
  })

  test('says in Ukrainian what was checked', async () => {
    const { id, clientSecret } = await approved('adult')
    const cookie = ((await post({ id, clientSecret })).headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
    const text = await (await get('/secure', { cookie, 'accept-language': 'uk' })).text()
    expect(text).toContain('Перевірку пройдено')
    const checks = ['Ваше ім’я підтверджено', 'Ви повнолітня особа', 'Ми обслуговуємо громадян вашої країни']
    expect([...text.matchAll(/<li>(.*?) <b>пройдено<\/b><\/li>/g)].map(([, check]) => check)).toEqual(checks)
  })

  test('uses the language that the customer chose, whatever the browser prefers', async () => {
    const { id, clientSecret } = await approved('adult')
    const posted = await post({ id, clientSecret, lang: 'uk' }, { 'accept-language': 'en' })
    expect(posted.headers.get('location')).toBe('/secure?lang=uk')
    const cookie = (posted.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
    const page = await get('/secure?lang=uk', { cookie, 'accept-language': 'en' })
    expect(page.headers.get('content-language')).toBe('uk')
    expect(await page.text()).toContain('Перевірку пройдено')
    for (const refused of [
      await get('/secure?lang=uk', { 'accept-language': 'en' }),
      await post({ id, lang: 'uk' }, { 'accept-language': 'en' }),
    ]) {
      const text = await refused.text()
      expect(text).toContain('Щоб відкрити цю сторінку, пройдіть перевірку')
      expect(text).toContain('href="/?lang=uk"')
    }
  })

  test.each(['de', 'ukr', '', '//evil.example', 'uk\r\nx: y', 'uk_UA'])(
    'ignores the unknown language %j',
    async (lang) => {
      const { id, clientSecret } = await approved('adult')
      expect((await post({ id, clientSecret, lang })).headers.get('location')).toBe('/secure')
      const page = await get(`/secure?${new URLSearchParams({ lang })}`, { 'accept-language': 'uk' })
      expect(page.headers.get('content-language')).toBe('uk')
    },
  )

  test('refuses a large form', async () => {
    expect((await post({ id: 'x'.repeat(10_000), clientSecret: '' })).status).toBe(413)
  })

  /** A form of unknown length, as some proxies send it. */
  async function postInParts(parts: string[]): Promise<IncomingMessage> {
    const sent = request(`${stage.gateway.url}/secure`, {
      method: 'POST',
      headers: { 'transfer-encoding': 'chunked' },
    })
    for (const part of parts) sent.write(part)
    sent.end()
    const [response] = await once(sent, 'response')
    return response.resume()
  }

  test('accepts a chunked form up to the same limit', async () => {
    const { id, clientSecret } = await approved('adult')
    const { statusCode, headers } = await postInParts([`id=${id}&client`, `Secret=${clientSecret}`])
    expect(statusCode).toBe(303)
    expect(headers['set-cookie']).toHaveLength(1)
    expect(
      (await postInParts(['id=', ...Array.from({ length: 8 }, () => 'x'.repeat(1_000))])).statusCode,
    ).toBe(413)
  })

  const connected = () => connect(Number(new URL(stage.gateway.url).port), '127.0.0.1')

  test('answers 403 to a request without a body', async () => {
    const socket = connected()
    socket.end('POST /secure HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n')
    expect(await text(socket)).toMatch(/^HTTP\/1.1 403 /)
  })

  test('logs no error when a form is cut off', async () => {
    await using cut = await startStage()
    const socket = connect(Number(new URL(cut.gateway.url).port), '127.0.0.1')
    socket.write(
      'POST /secure HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\nid=',
    )
    // The answer to Expect shows that the gateway is reading the form. A stop waits until it is processed.
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 100 /)
    socket.destroy()
    await cut.gateway.stop()
    expect(cut.logs.filter((line) => line.includes('unexpected error'))).toEqual([])
  })
})

describe('pages', () => {
  test('send the security headers', async () => {
    const { headers } = await get('/')
    const policy = headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`connect-src 'self' ${stage.sandbox.url};`)
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('strict-transport-security')).toBeNull()
  })

  // Its megabytes are loaded at the first request.
  test('GraphiQL is served complete, without resources of other origins', { timeout: 60_000 }, async () => {
    const response = await get('/graphql', { accept: 'text/html' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toMatch(/script-src 'sha256-/)
    const html = await response.text()
    expect(html).toContain('subscription Follow')
    expect(html).not.toMatch(/<(script|link)[^>]+(src|href)="https?:/)
  })

  test('serve the configured brand', async () => {
    expect(await (await get('/brand.json')).json()).toEqual({
      name: 'Wine & Co',
      accent: '#704',
      returnOrigins: ['https://shop.example'],
    })
  })

  test.each([
    [null, '127.0.0.1'],
    ['https://shop.example', 'shop.example'],
  ])('without a brand name, pages show the host name (PUBLIC_URL %s)', async (publicUrl, name) => {
    await using unnamed = await startStage({ config: { publicUrl } })
    const brand = await fetch(`${unnamed.gateway.url}/brand.json`)
    expect(await brand.json()).toEqual({ name })
    const secure = await fetch(`${unnamed.gateway.url}/secure`)
    expect(await secure.text()).toContain(`<p class="brand">${name}</p>`)
  })

  test('serve health, readiness and metrics', async () => {
    expect((await get('/healthz')).status).toBe(200)
    expect((await get('/readyz')).status).toBe(200)
    const metrics = await (await get('/metrics')).text()
    expect(metrics).toMatch(
      /portmone_share_requests_ended_total\{policy="kyc-basic",state="APPROVED",passed="true"\} \d+/,
    )
    expect(metrics).toMatch(/portmone_upstream_seconds_count\{call="status",result="ok"\} \d+/)
  })

  test("send a request id with every response, the client's own if it is valid", async () => {
    expect((await get('/healthz')).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    const given = { 'x-request-id': 'client-made-0001' }
    expect((await get('/healthz', given)).headers.get('x-request-id')).toBe('client-made-0001')
    expect((await get('/healthz', { 'x-request-id': '<script>' })).headers.get('x-request-id')).not.toContain(
      '<',
    )
  })

  test('answer 404 to unknown paths', async () => {
    expect((await get('/nothing-of-the-kind')).status).toBe(404)
    expect((await get('/..%2f..%2fpackage.json')).status).toBe(404)
  })
})
