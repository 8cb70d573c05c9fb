// @vitest-environment happy-dom

import { GatewayProvider } from '@portmone-gateway/verification'
import { act, cleanup, fireEvent, render, renderHook, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FakeGateway } from '../test/fake-gateway.ts'
import { approved, created, declined, event, pending, policy } from '../test/samples.ts'
import { verificationTexts } from '../test/verification-texts.ts'
import { type Address, go, start } from './address.ts'
import type { Brand } from './brand.ts'
import { Page } from './page.tsx'
import { pageTexts } from './texts/index.ts'

const t = pageTexts('en')
const v = verificationTexts('en')
const brand: Brand = { name: 'Example Bank', returnOrigins: ['https://shop.example', 'shop-app://verified'] }
const link: Address = {
  ...start,
  policy: 'kyc-basic',
  reference: 'session-7',
  returnTo: 'https://shop.example/done?order=1',
  locale: 'en',
  requested: true,
}
let fake: FakeGateway
const assign = vi.fn<Location['assign']>()

beforeEach(() => {
  fake = new FakeGateway()
  vi.spyOn(location, 'assign').mockImplementation(assign)
  fake.answers.Policies = () => ({ policies: [policy] })
  fake.answers.PolicyByName = () => ({ policy })
  fake.answers.CreateShareRequest = () => created(pending)
})
afterEach(() => {
  vi.useRealTimers()
  cleanup()
  fake.restore()
  sessionStorage.clear()
  assign.mockClear()
})

function show(address: Partial<Address> = {}, shown: Brand | null = brand, onRetryBrand = () => {}) {
  go({ ...link, ...address }, { replace: true })
  return render(
    <GatewayProvider gateway={fake.gateway}>
      <Page brand={shown} onRetryBrand={onRetryBrand} />
    </GatewayProvider>,
  )
}
const heading = (name: string) => screen.findByRole('heading', { name })
const wayBack = (name = t.backTo('shop.example')) =>
  screen.getAllByRole('link', { name }).map((element) => element.getAttribute('href'))

async function bring(status: { __typename: string }, id = 'share-1') {
  await waitFor(() => expect(fake.subscriptions.size).toBe(1))
  const [subscription] = fake.subscriptions
  act(() => subscription?.next(event(status, id)))
}

test('starts the verification that the link names, with its reference and for whom', async () => {
  show()
  await heading(v.pendingTitle)
  expect(fake.calls.map(({ operation }) => operation)).toEqual(['CreateShareRequest'])
  expect(fake.calls[0]?.variables).toMatchObject({ input: { policy: 'kyc-basic', reference: 'session-7' } })
  expect(screen.getAllByText('Example Bank')).toHaveLength(2)
  expect(wayBack()).toEqual(['https://shop.example/done?order=1'])
  expect(screen.queryByRole('button', { name: t.back })).toBeNull()
})

test('leads a verified customer back by itself, with the id of the share request', async () => {
  show()
  await heading(v.pendingTitle)
  vi.useFakeTimers({ shouldAdvanceTime: true })
  await bring(approved('PASSED', 'PASSED'))
  await heading(v.passedTitle)
  expect(screen.getByText(t.returning('shop.example'))).toBeDefined()
  expect(assign).not.toHaveBeenCalled()
  act(() => void vi.advanceTimersByTime(2_500))
  expect(assign.mock.calls).toEqual([['https://shop.example/done?order=1&share_request=share-1']])
})

test.each([
  ['declined', declined, v.declinedTitle],
  ['too young', approved('PASSED', 'FAILED'), v.notPassedTitle],
])('%s: offers the way back, and does not take it', async (_, status, title) => {
  show()
  await heading(v.pendingTitle)
  vi.useFakeTimers({ shouldAdvanceTime: true })
  await bring(status)
  await heading(title)
  expect(wayBack()).toContain('https://shop.example/done?order=1&share_request=share-1')
  act(() => void vi.advanceTimersByTime(60_000))
  expect(assign).not.toHaveBeenCalled()
})

test('without a return URL, a customer who is too young can choose another verification', async () => {
  show({ returnTo: null })
  await heading(v.pendingTitle)
  await bring(approved('PASSED', 'FAILED'))
  await heading(v.notPassedTitle)
  expect(screen.queryByRole('button', { name: v.startAgain })).toBeNull()
  fireEvent.click(screen.getByRole('button', { name: t.chooseAnother }))
  await heading(t.chooseTitle)
  expect(location.search).toBe('?lang=en')
})

test('a verification for another reference is another one, though the first is still pending', async () => {
  const { unmount } = show()
  await heading(v.pendingTitle)
  unmount()
  fake.answers.CreateShareRequest = () => created(pending, 'share-2')
  show({ reference: 'session-8' })
  await heading(v.pendingTitle)
  expect(fake.calls.at(-1)?.variables).toMatchObject({ input: { reference: 'session-8' } })
})

test('a customer who comes back to a result finds the start, not the result', async () => {
  const { unmount } = show()
  await heading(v.pendingTitle)
  await bring(approved('PASSED', 'PASSED'))
  await heading(v.passedTitle)
  unmount()
  show({ requested: false })
  await heading(v.idleTitle)
  expect(fake.count('CreateShareRequest')).toBe(1)
})

test.each([
  ['another site', 'https://evil.example/', 'https://evil.example'],
  ['another scheme', 'http://shop.example/', 'http://shop.example'],
  ['a site with a similar name', 'https://shop.example.evil.example/', 'https://shop.example.evil.example'],
  ['credentials that look like the site', 'https://shop.example@evil.example/', 'https://evil.example'],
  ['a script', 'javascript:alert(1)', 'javascript://'],
  ['another app', 'shop-app://elsewhere', 'shop-app://elsewhere'],
  ['a file of the shop', 'blob:https://shop.example/8f1c', 'blob://'],
])('starts nothing for a link that leads on to %s', async (_, returnTo, origin) => {
  show({ returnTo })
  await heading(t.returnRefusedTitle)
  expect(screen.getByText(t.returnRefusedText(origin))).toBeDefined()
  expect(screen.queryByRole('link')).toBeNull()
  expect(fake.calls).toEqual([])
})

test('starts nothing for a return URL that is not complete', async () => {
  show({ returnTo: '/done' })
  await heading(t.returnRefusedTitle)
  expect(screen.getByText(t.returnRefusedText(null))).toBeDefined()
  expect(fake.calls).toEqual([])
})

test('leads back to an app by its own scheme', async () => {
  show({ returnTo: 'shop-app://verified/age' })
  await heading(v.pendingTitle)
  await bring(declined)
  await heading(v.declinedTitle)
  expect(wayBack(t.backTo('Example Bank'))).toContain('shop-app://verified/age?share_request=share-1')
})

test("leads back to an app whatever the case of its link's host", async () => {
  show({ returnTo: 'shop-app://Verified/Age' })
  await heading(v.pendingTitle)
  await bring(declined)
  await heading(v.declinedTitle)
  expect(wayBack(t.backTo('Example Bank'))).toContain('shop-app://Verified/Age?share_request=share-1')
})

test('waits for the list of allowed sites before it starts', async () => {
  show({}, null)
  expect(screen.getByText(t.loading)).toBeDefined()
  expect(fake.calls).toEqual([])
})

test('asks to try again if the list of allowed sites cannot be loaded', async () => {
  const onRetryBrand = vi.fn()
  show({}, { name: 'localhost' }, onRetryBrand)
  fireEvent.click(await screen.findByRole('button', { name: t.tryAgain }))
  expect(onRetryBrand).toHaveBeenCalledOnce()
  expect(fake.calls).toEqual([])
})

test('names the view in the title of the page', async () => {
  show({ policy: null, reference: null, returnTo: null })
  await waitFor(() => expect(document.title).toBe(`${t.chooseTitle} · Example Bank`))
  fireEvent.click(await screen.findByRole('button', { name: t.verify }))
  await waitFor(() => expect(document.title).toBe(`${v.pendingTitle} · Example Bank`))
  await bring(declined)
  await waitFor(() => expect(document.title).toBe(`${v.declinedTitle} · Example Bank`))
})

describe('a link', () => {
  async function open() {
    vi.resetModules()
    const { useAddress } = await import('./address.ts')
    return renderHook(useAddress).result.current
  }

  test('asks for its verification once, and a reload does not', async () => {
    history.replaceState(null, '', '/?policy=kyc-basic&reference=a%26b&return=https%3A%2F%2Fshop.example%2F')
    const address = {
      policy: 'kyc-basic',
      reference: 'a&b',
      returnTo: 'https://shop.example/',
      locale: null,
    }
    expect(await open()).toEqual({ ...address, requested: true })
    expect(await open()).toEqual({ ...address, requested: false })
  })

  test('to the choice asks for none', async () => {
    history.replaceState(null, '', '/?policy=')
    expect(await open()).toEqual({ ...start, locale: null })
  })
})
