// @vitest-environment happy-dom

import { GatewayProvider } from '@portmone-gateway/verification'
import { act, cleanup, fireEvent, render, renderHook, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FakeGateway } from '../test/fake-gateway.ts'
import { approved, created, declined, event, pending, policy } from '../test/samples.ts'
import { verificationTexts } from '../test/verification-texts.ts'
import { go } from './address.ts'
import { Page } from './page.tsx'
import { pageTexts } from './texts.ts'

const adult = { ...policy, name: 'age-over-18', purpose: 'To sell wine.', facts: ['AGE_OVER_18'] }
let fake: FakeGateway

beforeEach(() => {
  fake = new FakeGateway()
  fake.answers.Policies = () => ({ policies: [adult, policy] })
  fake.answers.CreateShareRequest = () => created(pending)
  go({ policy: null, locale: 'en', verifying: false, pressed: false }, { replace: true })
})

afterEach(() => {
  cleanup()
  fake.restore()
  sessionStorage.clear()
})

const show = (name = 'Verification') =>
  render(
    <GatewayProvider gateway={fake.gateway}>
      <Page brand={{ name }} />
    </GatewayProvider>,
  )
const t = pageTexts('en')
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }))
/** The one subscription, once it is there. */
const subscription = () =>
  waitFor(() => {
    const [open] = fake.subscriptions
    if (open === undefined) throw new Error('Nobody subscribes.')
    return open
  })
const pendingTitle = () => screen.findByRole('heading', { name: verificationTexts('en').pendingTitle })

test('loading', () => {
  fake.answers.Policies = () => 'silence'
  show()
  expect(screen.getByRole('status').textContent).toBe(t.loading)
})

test('no policies', async () => {
  fake.answers.Policies = () => ({ policies: [] })
  show()
  expect(await screen.findByText(t.none)).toBeDefined()
})

test.each([
  ['no network' as const, t.networkTitle],
  ['fault' as const, t.serverTitle],
])('%s, and another attempt', async (trouble, title) => {
  fake.answers.Policies = () => trouble
  show()
  await screen.findByRole('heading', { name: title })
  fake.answers.Policies = () => ({ policies: [policy] })
  press(t.tryAgain)
  await screen.findByRole('button', { name: t.verify })
})

test('the policies in words, the first marked, and the chosen one verified', async () => {
  show('Example Bank')
  const options = await screen.findAllByRole('radio')
  expect(options.map((option) => (option as HTMLInputElement).checked)).toEqual([true, false])
  expect(screen.getByText('Open an account').parentElement?.textContent).toContain(
    'To open an account.Asks for: Full name · Date of birth',
  )
  fireEvent.click(screen.getByLabelText(/Open an account/))
  press(t.verify)
  await pendingTitle()
  expect(fake.calls.at(-1)?.variables).toMatchObject({ input: { policy: 'kyc-basic' } })
  expect(location.search).toBe('?policy=kyc-basic&lang=en')
  expect(screen.getAllByText('Example Bank')).toHaveLength(2)
  await waitFor(() => expect(document.activeElement?.tagName).toBe('H2'))
})

test('a link to a policy marks it and begins nothing', async () => {
  go({ policy: 'kyc-basic', locale: 'en', verifying: false, pressed: false }, { replace: true })
  show()
  const options = await screen.findAllByRole('radio')
  expect(options.map((option) => (option as HTMLInputElement).checked)).toEqual([false, true])
  expect(fake.count('CreateShareRequest')).toBe(0)
})

test('a reload goes on with what was begun, and begins nothing new', async () => {
  go({ policy: 'kyc-basic', locale: 'en', verifying: true, pressed: false }, { replace: true })
  sessionStorage.setItem('portmone-verification:kyc-basic', '{"id":"share-1","clientSecret":"s"}')
  show()
  ;(await subscription()).next(event(declined))
  await screen.findByRole('heading', { name: 'You declined' })
  expect(fake.count('CreateShareRequest')).toBe(0)
})

test('a reload of a page that had begun nothing shows what would be asked', async () => {
  fake.answers.PolicyByName = () => ({ policy })
  go({ policy: 'kyc-basic', locale: 'en', verifying: true, pressed: false }, { replace: true })
  show()
  await screen.findByRole('heading', { name: verificationTexts('en').idleTitle })
  expect(fake.count('CreateShareRequest')).toBe(0)
})

test('back to the choice, and forth to the same share request', async () => {
  show()
  await screen.findAllByRole('radio')
  press(t.verify)
  await pendingTitle()
  press(t.back)
  await screen.findAllByRole('radio')
  fake.answers.CheckShareRequest = () => 'silence'
  press(t.verify)
  ;(await subscription()).next(event(pending))
  await pendingTitle()
  expect(fake.count('CreateShareRequest')).toBe(1)
})

test('what has ended is not shown to the next customer: a press begins anew', async () => {
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

test('going back and forth in the history is no press', async () => {
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
    [{ verifying: true }, href],
  ] as const)
    act(() => {
      history.replaceState(state, '', url)
      window.dispatchEvent(new PopStateEvent('popstate'))
    })
  await screen.findByRole('heading', { name: verificationTexts('en').idleTitle })
  expect(fake.count('CreateShareRequest')).toBe(1)
})

test("the browser's own back button leads there too", async () => {
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

test('the language changes at once, in the middle of it, and is known to the document', async () => {
  await turnToUkrainianWhilePending()
  expect(document.documentElement.lang).toBe('uk')
  expect(location.search).toContain('lang=uk')
  expect(screen.getByRole('button', { name: 'Українська' }).getAttribute('aria-current')).toBe('true')
  expect(fake.count('CreateShareRequest')).toBe(1)
})

test('the language that was chosen on the way holds for entries of the history that are older', async () => {
  await turnToUkrainianWhilePending()
  act(() => {
    history.replaceState(null, '', '/?policy=kyc-basic&lang=en')
    window.dispatchEvent(new PopStateEvent('popstate'))
  })
  await screen.findByRole('heading', { name: pageTexts('uk').chooseTitle })
  expect(location.search).toBe('?policy=kyc-basic&lang=uk')
})

test.each([
  ['/', 'uk'],
  ['/?lang=en', 'en'],
  ['/?lang=de', 'uk'],
])('%s is opened in %s, where Ukrainian was chosen before', async (href, lang) => {
  go({ policy: null, locale: 'uk', verifying: false, pressed: false }, { replace: true })
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
])("without a choice it is the browser's: %j", async (languages, lang) => {
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(languages)
  go({ policy: null, locale: null, verifying: false, pressed: false }, { replace: true })
  show()
  await screen.findAllByRole('radio')
  expect(document.documentElement.lang).toBe(lang)
})
