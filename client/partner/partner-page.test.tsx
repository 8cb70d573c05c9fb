// @vitest-environment happy-dom
import { screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FakeRefusal } from '../test/fake-gateway.ts'
import { PartnerVisit, partnerKey } from '../test/partner-visit.tsx'
import { partnerTexts } from './texts/index.ts'

const t = partnerTexts('en')
let visit: PartnerVisit

beforeEach(() => {
  visit = new PartnerVisit()
})
afterEach(() => visit.close())

test.each([
  [new FakeRefusal('UNAUTHENTICATED'), t.problem_UNAUTHENTICATED],
  [new FakeRefusal('FORBIDDEN'), t.problem_FORBIDDEN],
  ['no network' as const, t.problem_NETWORK],
  ['fault' as const, t.problem_OTHER],
])('explains a sign-in that fails: %j', async (answer, explanation) => {
  visit.fake.answers.SignIn = () => answer
  visit.show()
  visit.enter(partnerKey)
  await screen.findByText(explanation)
  expect(visit.fake.count('ShareRequestPage')).toBe(0)
})

test('does not send what cannot be a key', async () => {
  visit.show()
  visit.enter('ключ')
  await screen.findByText(t.problem_UNAUTHENTICATED)
  expect(visit.fake.calls).toEqual([])
})

test.each([
  `Bearer ${partnerKey}`,
  ` bearer  ${partnerKey} `,
  `${partnerKey.slice(0, 3)} ${partnerKey.slice(3)}\t`,
])('removes what was copied along with the key: %j', async (given) => {
  const authorizations: unknown[] = []
  const { fetch } = globalThis
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    authorizations.push(new Headers(init.headers).get('authorization'))
    return fetch(url, init)
  })
  visit.show()
  visit.enter(given)
  await screen.findByRole('link', { name: 'order 1' })
  expect(authorizations[0]).toBe(`Bearer ${partnerKey}`)
  vi.unstubAllGlobals()
})

test('signing out closes the socket and forgets the key', async () => {
  await visit.signIn()
  expect(document.title).toBe(`${t.title} · Example Bank`)
  await visit.subscription()
  visit.press(t.signOut)
  await screen.findByLabelText(t.key)
  await waitFor(() => expect(visit.fake.sockets).toBe(0))
  expect(screen.getByLabelText<HTMLInputElement>(t.key).value).toBe('')
})

test('leaving the page forgets the key', async () => {
  await visit.signIn()
  window.dispatchEvent(new Event('pagehide'))
  await screen.findByLabelText(t.key)
})

test.each([4401, 4403])('a socket that is closed with %i signs out, with the reason', async (code) => {
  await visit.signIn()
  await visit.subscription()
  visit.fake.breakSockets(code)
  await screen.findByText(t.problem_UNAUTHENTICATED)
  expect(visit.fake.opened).toBe(1)
})

test('in Ukrainian, the texts of the policy are Ukrainian too', async () => {
  await visit.signIn()
  await visit.open('order 1')
  visit.press('Українська')
  expect(await screen.findByRole('heading', { name: partnerTexts('uk').title })).toBeDefined()
  expect(document.documentElement.lang).toBe('uk')
  expect(visit.lastVariables('ShareRequestDetail')).toEqual({ id: 'one', language: 'uk' })
})

describe('the focus', () => {
  const hasFocus = (element: HTMLElement) => waitFor(() => expect(document.activeElement).toBe(element))

  test('moves to the heading after signing in and out', async () => {
    visit.show()
    screen.getByLabelText(t.key).focus()
    visit.enter(partnerKey)
    await hasFocus(await screen.findByRole('heading', { name: t.title }))
    screen.getByRole('button', { name: t.signOut }).focus()
    visit.press(t.signOut)
    await hasFocus(await screen.findByRole('heading', { name: t.signInTitle }))
  })
})
