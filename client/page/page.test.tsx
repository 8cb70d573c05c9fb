// @vitest-environment happy-dom

import { GatewayProvider } from '@portmone-gateway/verification'
import { act, cleanup, fireEvent, render, renderHook, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FakeGateway } from '../test/fake-gateway.ts'
import { approved, created, declined, event, pending, policy, shareRequest } from '../test/samples.ts'
import { verificationTexts } from '../test/verification-texts.ts'
import { go, start } from './address.ts'
import type { Brand } from './brand.ts'
import { Page } from './page.tsx'
import { pageTexts } from './texts/index.ts'

const adult = { ...policy, name: 'age-over-18', purpose: 'To sell wine.', facts: ['AGE_OVER_18'] }
let fake: FakeGateway

beforeEach(() => {
  fake = new FakeGateway()
  fake.answers.Policies = () => ({ policies: [adult, policy] })
  fake.answers.CreateShareRequest = () => created(pending)
  go({ ...start, locale: 'en' }, { replace: true })
})

afterEach(() => {
  cleanup()
  fake.restore()
  sessionStorage.clear()
})

const show = (brand: Brand | null = { name: 'Example Bank' }, onRetryBrand = () => {}) =>
  render(
    <GatewayProvider gateway={fake.gateway}>
      <Page brand={brand} onRetryBrand={onRetryBrand} />
    </GatewayProvider>,
  )
const t = pageTexts('en')
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }))
/** The one subscription, once it exists. */
const subscription = () =>
  waitFor(() => {
    const [open] = fake.subscriptions
    if (open === undefined) throw new Error('There is no subscription.')
    return open
  })
const pendingTitle = () => screen.findByRole('heading', { name: verificationTexts('en').pendingTitle })

test('shows that the policies are loading', () => {
  fake.answers.Policies = () => 'silence'
  show()
  expect(screen.getByRole('status').textContent).toBe(t.loading)
})

test('says that there is nothing to verify', async () => {
  fake.answers.Policies = () => ({ policies: [] })
  show()
  expect(await screen.findByText(t.none)).toBeDefined()
})

test.each([
  ['no network' as const, t.networkTitle],
  ['fault' as const, t.serverTitle],
])('%s: explains it, and loads the policies at a second attempt', async (trouble, title) => {
  fake.answers.Policies = () => trouble
  show()
  await screen.findByRole('heading', { name: title })
  fake.answers.Policies = () => ({ policies: [policy] })
  press(t.tryAgain)
  await screen.findByRole('button', { name: t.verify })
})

test('survives an error while rendering, and starts afresh at the press of the button', async () => {
  const reported = vi.spyOn(console, 'error').mockReturnValue()
  fake.answers.Policies = () => ({ policies: [{ ...policy, facts: null }] })
  show()
  await screen.findByRole('heading', { name: t.serverTitle })
  expect(screen.getByRole('alert').textContent).toContain(t.serverText)
  expect(screen.getByRole('banner').textContent).toContain('Example Bank')
  expect(reported).toHaveBeenCalled()
  reported.mockRestore()

  fake.answers.Policies = () => ({ policies: [policy] })
  press(t.tryAgain)
  await screen.findByRole('button', { name: t.verify })
})

test('lists the policies, marks the first, and verifies the chosen one', async () => {
  show()
  const options = await screen.findAllByRole('radio')
  expect(options.map((option) => (option as HTMLInputElement).checked)).toEqual([true, false])
  expect(screen.getByText('Open an account').parentElement?.textContent).toContain(
    'To open an account.You share: Full name · Date of birth',
  )
  fireEvent.click(screen.getByLabelText(/Open an account/))
  press(t.verify)
  await pendingTitle()
  expect(fake.calls.at(-1)?.variables).toMatchObject({ input: { policy: 'kyc-basic' } })
  expect(location.search).toBe('?policy=kyc-basic&lang=en')
  expect(screen.getAllByText('Example Bank')).toHaveLength(2)
  await waitFor(() => expect(document.activeElement?.tagName).toBe('H2'))
})

test('a reload resumes a share request and creates none', async () => {
  go({ ...start, policy: 'kyc-basic', locale: 'en' }, { replace: true })
  sessionStorage.setItem('portmone-verification:kyc-basic', '{"id":"share-1","clientSecret":"s"}')
  show()
  ;(await subscription()).next(event(declined))
  await screen.findByRole('heading', { name: 'You declined' })
  expect(fake.count('CreateShareRequest')).toBe(0)
})

test('a reload of a verification without a share request shows its terms and creates none', async () => {
  fake.answers.PolicyByName = () => ({ policy })
  go({ ...start, policy: 'kyc-basic', locale: 'en' }, { replace: true })
  show()
  await screen.findByRole('heading', { name: verificationTexts('en').idleTitle })
  expect(fake.count('CreateShareRequest')).toBe(0)
})

test('going back to the choice and pressing Verify resumes the pending share request', async () => {
  show()
  await screen.findAllByRole('radio')
  press(t.verify)
  await pendingTitle()
  press(t.back)
  await screen.findAllByRole('radio')
  fake.answers.CheckShareRequest = () => ({ checkShareRequest: shareRequest(pending) })
  press(t.verify)
  await pendingTitle()
  expect(fake.count('CreateShareRequest')).toBe(1)
})

test('does not show the next customer a result: a press starts a new verification', async () => {
  show()
  await screen.findAllByRole('radio')
  press(t.verify)
  await pendingTitle()
  ;(await subscription()).next(event(approved('PASSED', 'PASSED')))
  await screen.findByRole('heading', { name: verificationTexts('en').passedTitle })
  press(t.back)
  await screen.findAllByRole('radio')
  fake.answers.CreateShareRequest = () => created(pending, 'share-2')
  press(t.verify)
  await pendingTitle()
  expect(fake.count('CreateShareRequest')).toBe(2)
  expect((await subscription()).variables).toMatchObject({ id: 'share-2' })
})

test('going back and forward in the history starts nothing', async () => {
  fake.answers.PolicyByName = () => ({ policy })
  show()
  await screen.findAllByRole('radio')
  press(t.verify)
  await pendingTitle()
  ;(await subscription()).next(event(declined))
  await screen.findByRole('heading', { name: verificationTexts('en').declinedTitle })
  const { href } = location
  for (const [state, url] of [
    [null, '/?lang=en'],
    [{ opened: true }, href],
  ] as const)
    act(() => {
      history.replaceState(state, '', url)
      window.dispatchEvent(new PopStateEvent('popstate'))
    })
  await screen.findByRole('heading', { name: verificationTexts('en').idleTitle })
  expect(fake.count('CreateShareRequest')).toBe(1)
})

test("the browser's back button leads to the choice", async () => {
  show()
  await screen.findAllByRole('radio')
  press(t.verify)
  await pendingTitle()
  act(() => {
    history.replaceState(null, '', '/?lang=en')
    window.dispatchEvent(new PopStateEvent('popstate'))
  })
  expect(await screen.findAllByRole('radio')).toHaveLength(2)
})

async function turnToUkrainianWhilePending() {
  show()
  await screen.findAllByRole('radio')
  press(t.verify)
  await pendingTitle()
  press('Українська')
  await screen.findByRole('heading', { name: verificationTexts('uk').pendingTitle })
}

test('changes the language at once while a share request is pending', async () => {
  await turnToUkrainianWhilePending()
  expect(document.documentElement.lang).toBe('uk')
  expect(location.search).toContain('lang=uk')
  expect(screen.getByRole('button', { name: 'Українська' }).getAttribute('aria-current')).toBe('true')
  expect(fake.count('CreateShareRequest')).toBe(1)
})

test('keeps the chosen language in older history entries', async () => {
  await turnToUkrainianWhilePending()
  act(() => {
    history.replaceState(null, '', '/?lang=en')
    window.dispatchEvent(new PopStateEvent('popstate'))
  })
  await screen.findByRole('heading', { name: pageTexts('uk').chooseTitle })
  expect(location.search).toBe('?lang=uk')
})

test.each([
  ['/', 'uk'],
  ['/?lang=en', 'en'],
  ['/?lang=EN-gb', 'en'],
  ['/?lang=de', 'uk'],
])('opens %s in %s after Ukrainian was chosen', async (href, lang) => {
  go({ ...start, locale: 'uk' }, { replace: true })
  history.replaceState(null, '', href)
  vi.resetModules()
  const { useAddress } = await import('./address.ts')
  expect(renderHook(useAddress).result.current.locale).toBe(lang)
})

test.each([
  [['uk-UA', 'en'], 'uk'],
  [['pl', 'uk'], 'uk'],
  [['en-GB', 'uk'], 'en'],
  [['pl'], 'en'],
])("without a choice, takes the browser's language: %j", async (languages, lang) => {
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(languages)
  go({ ...start, locale: null }, { replace: true })
  show()
  await screen.findAllByRole('radio')
  expect(document.documentElement.lang).toBe(lang)
})
