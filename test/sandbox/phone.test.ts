import { expect, test } from 'vitest'
import { canaries } from '../../portmone/sandbox/personas.ts'
import { startSandbox } from '../../portmone/sandbox/sandbox.ts'
import { factNames } from '../../portmone/wire.ts'
import { partnerAt, share, shop } from './partner.ts'

const hostile = { ...shop, name: `<b onclick="x">Corner & Shop</b>` }

/** A sandbox with one share request, and a phone that has opened its code. */
async function openCode(
  body: Partial<typeof share> = {},
  options: Partial<Parameters<typeof startSandbox>[0]> = {},
) {
  const sandbox = await startSandbox({ partners: [shop], ...options })
  const partner = await partnerAt(sandbox.url)
  const { code } = await partner.create({ ...share, ...body })
  const url = sandbox.url + new URL(code).pathname
  return {
    ...{ sandbox, partner, code, url },
    open: () => fetch(url),
    send: (form: Record<string, string>, headers: Record<string, string> = { origin: sandbox.url }) =>
      fetch(url, { method: 'POST', body: new URLSearchParams(form), headers }),
    [Symbol.asyncDispose]: sandbox.stop,
  }
}

/** Status and text of a page, with white space collapsed. */
const read = async (response: Response) => ({
  status: response.status,
  text: (await response.text()).replaceAll(/\s+/g, ' '),
})

test('opening a code shows who requests what and why', async () => {
  await using phone = await openCode({ facts: Object.values(factNames) })
  const { status, text } = await read(await phone.open())
  expect(status).toBe(200)
  expect(text).toContain('Corner Shop</span> asks you to share')
  expect(text).toContain(share.purpose)
  expect(text).toContain('<li>Your full name</li>')
  expect(text).toContain('<li>Whether you’re 18 or older</li>')
  expect(text.match(/<li>/g)).toHaveLength(Object.keys(factNames).length)
  for (const name of Object.values(factNames).filter((name) => /[A-Z]/.test(name)))
    expect(text).not.toContain(name)
  expect(text).toContain('About 5 minutes left.')
})

test.each([
  ['adult', 'APPROVED', 'Your date of birth'],
  ['no-birth-date', 'APPROVED', 'Couldn’t be proven'],
])('%s approves by the form and sees what was shared', async (persona, status, told) => {
  await using phone = await openCode()
  const page = await phone.send({ answer: 'approve', persona })
  expect(page.redirected).toBe(true)
  const { text } = await read(page)
  expect(text).toContain('Shared with <span class="partner">Corner Shop</span>')
  expect(text).toContain(told)
  expect(text).toContain('Go back to the page')
  expect(await phone.partner.status(phone.code)).toBe(status)
  expect((await read(await phone.open())).text).toBe(text)
})

test('says when nothing that was requested can be proven', async () => {
  await using phone = await openCode({ facts: ['ageOver21'] })
  const { text } = await read(await phone.send({ answer: 'approve', persona: 'no-birth-date' }))
  expect(text).toContain('so nothing was shared')
})

test('declining needs no persona', async () => {
  await using phone = await openCode()
  const { text } = await read(await phone.send({ answer: 'decline' }))
  expect(text).toContain('You declined')
  expect(text).toContain('Nothing was shared with <span class="partner">Corner Shop</span>')
  expect(await phone.partner.status(phone.code)).toBe('DECLINED')
})

test('a second answer changes nothing and says so', async () => {
  await using phone = await openCode()
  await phone.send({ answer: 'approve', persona: 'minor' })
  for (const form of [{ answer: 'decline' }, { answer: 'approve', persona: 'adult' }]) {
    const { status, text } = await read(await phone.send(form))
    expect(status).toBe(409)
    expect(text).toContain('You’ve already approved this')
  }
  expect((await phone.partner.facts(phone.code)).facts.ageOver18).toBe(false)

  await using other = await openCode()
  await other.send({ answer: 'decline' })
  const { status, text } = await read(await other.send({ answer: 'approve', persona: 'adult' }))
  expect([status, text.includes('You’ve already declined this')]).toEqual([409, true])
})

test('an expired code can no longer be answered, and the page says so', async () => {
  let now = Date.parse('2026-05-04T12:00:00Z')
  await using phone = await openCode({}, { now: () => now })
  now += 299_000
  expect((await read(await phone.open())).text).toContain('Less than a minute left.')
  now += 1000
  const opened = await read(await phone.open())
  expect([opened.status, opened.text.includes('This code has expired')]).toEqual([410, true])
  const sent = await read(await phone.send({ answer: 'approve', persona: 'adult' }))
  expect([sent.status, sent.text.includes('This code has expired')]).toEqual([410, true])
  expect(await phone.partner.status(phone.code)).toBe('PENDING')
})

test.each([
  [{}],
  [{ answer: 'approve' }],
  [{ answer: 'approve', persona: 'constructor' }],
  [{ answer: 'maybe' }],
])('a form with %j is shown again, with what is missing', async (form) => {
  await using phone = await openCode()
  const { status, text } = await read(await phone.send(form))
  expect(status).toBe(400)
  expect(text).toContain('role="alert">Choose who you are')
  expect(await phone.partner.status(phone.code)).toBe('PENDING')
})

test('an unknown code has a page of its own', async () => {
  await using phone = await openCode()
  for (const response of [
    await fetch(`${phone.url}x`),
    await fetch(`${phone.url}x`, { method: 'POST', headers: { origin: phone.sandbox.url } }),
  ]) {
    const { status, text } = await read(response)
    expect([status, text.includes('We don’t know this code')]).toEqual([404, true])
  }
})

test("another site's page cannot answer", async () => {
  await using phone = await openCode({}, { origin: 'https://phone.example' })
  const form = { answer: 'approve', persona: 'adult' }
  for (const headers of [
    { origin: 'https://shop.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    {},
  ])
    expect((await phone.send(form, headers)).status).toBe(403)
  expect(await phone.partner.status(phone.code)).toBe('PENDING')
  expect((await phone.send(form, { origin: 'https://phone.example' })).status).toBe(200)
  expect(await phone.partner.status(phone.code)).toBe('APPROVED')
})

test("the Partner's texts are escaped", async () => {
  const purpose = '<script>alert(1)</script>'
  const name = hostile.name
  await using phone = await openCode({ purpose }, { partners: [{ ...shop, name }] })
  const { text } = await read(await phone.open())
  expect(text).not.toContain('<script')
  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  expect(text).not.toContain('<b ')
})

test('phone pages run no script, cannot be framed, are not cached and contain no fact', async () => {
  await using phone = await openCode({ facts: Object.values(factNames) })
  const pages = [
    await phone.open(),
    await phone.send({ answer: 'approve', persona: 'adult' }),
    await phone.send({ answer: 'decline' }),
    await fetch(phone.sandbox.url),
  ]
  for (const page of pages) {
    const policy = page.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("form-action 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(page.headers.get('access-control-allow-origin')).toBeNull()
    expect(page.headers.get('referrer-policy')).toBe('same-origin')
    const text = await page.text()
    expect(text).not.toContain('<script')
    expect(canaries.filter((canary) => text.includes(canary))).toEqual([])
  }
  for (const page of pages.slice(0, 3)) expect(page.headers.get('cache-control')).toBe('no-store')
  const css = await fetch(`${phone.sandbox.url}/phone.css`)
  expect([css.status, css.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8'])
})
