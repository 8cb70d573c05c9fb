// @vitest-environment happy-dom
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { StrictMode } from 'react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  approved,
  cancelled,
  created,
  declined,
  event,
  expired,
  failed,
  pending,
  shareRequest,
} from '../test/samples.ts'
import { heading, VerificationPage } from '../test/verification-page.tsx'
import { verificationTexts } from '../test/verification-texts.ts'
import { GatewayProvider } from './gateway-provider.tsx'
import { Verification } from './verification.tsx'

let page: VerificationPage
beforeEach(() => {
  page = new VerificationPage()
})
afterEach(() => {
  page.close()
  vi.useRealTimers()
})

const en = verificationTexts('en')

test('calls onVerified once, also under StrictMode', async () => {
  const [onVerified, onFailed] = [vi.fn(), vi.fn()]
  page.render(
    <StrictMode>
      <Verification policy="kyc-basic" locale="en" autoStart onVerified={onVerified} onFailed={onFailed} />
    </StrictMode>,
  )
  ;(await page.subscription()).next(event(approved('PASSED', 'PASSED')))
  await heading('Verified')
  expect(onVerified.mock.calls).toEqual([[{ id: 'share-1', clientSecret: 'secret of share-1' }]])
  expect(onFailed).not.toHaveBeenCalled()
  expect(page.fake.count('CreateShareRequest')).toBe(1)
})

test.each([
  ['NOT_PASSED', approved('PASSED', 'FAILED'), 'Not verified'],
  ['UNDECIDABLE', approved('PASSED', 'UNDECIDABLE'), 'Could not be verified'],
  ['DECLINED', declined, 'You declined'],
  ['EXPIRED', expired, 'The code has expired'],
  ['CANCELLED', cancelled, 'Cancelled'],
  ['FAILED', failed('FACTS_UNAVAILABLE', true), 'This didn’t work'],
])('calls onFailed with %s', async (end, status, title) => {
  const [onVerified, onFailed] = [vi.fn(), vi.fn()]
  await page.showAt(status, { onVerified, onFailed })
  await heading(title)
  expect(onFailed.mock.calls).toEqual([[end, { id: 'share-1', clientSecret: 'secret of share-1' }]])
  expect(onVerified).not.toHaveBeenCalled()
})

test('a verified customer goes on to the secure page by a form, with the handle and the language, and soon by itself', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  const submitted = vi.fn((submit: Event) => submit.preventDefault())
  await page.showAt(approved('PASSED', 'PASSED'), { securePage: '/secure' })
  const form = (await screen.findByRole('button', { name: 'Continue' })).closest('form')!
  form.addEventListener('submit', submitted)
  expect([form.method, form.getAttribute('action')]).toEqual(['post', '/secure'])
  expect(Object.fromEntries(new FormData(form))).toEqual({
    id: 'share-1',
    clientSecret: 'secret of share-1',
    lang: 'en',
  })
  act(() => void vi.advanceTimersByTime(2_500))
  expect(submitted).toHaveBeenCalledOnce()
})

describe('what ended while the page was away', () => {
  const save = () =>
    sessionStorage.setItem('portmone-verification:kyc-basic', '{"id":"share-1","clientSecret":"s"}')
  beforeEach(() => {
    save()
    page.fake.answers.CheckShareRequest = () => 'silence'
  })

  test.each([
    ['Verified', approved('PASSED', 'PASSED')],
    ['Not verified', approved('PASSED', 'FAILED')],
    ['You declined', declined],
    ['The code has expired', expired],
  ])('is shown and reported to nobody: %s', async (title, status) => {
    const [onVerified, onFailed] = [vi.fn(), vi.fn()]
    await page.showAt(status, { autoStart: false, onVerified, onFailed })
    await heading(title)
    expect(onVerified).not.toHaveBeenCalled()
    expect(onFailed).not.toHaveBeenCalled()
    expect(sessionStorage.length).toBe(0)
  })

  test('takes a verified customer to the secure page only at a press', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true })
    const onVerified = vi.fn()
    const submitted = vi.fn((submit: Event) => submit.preventDefault())
    await page.showAt(approved('PASSED', 'PASSED'), { autoStart: false, securePage: '/secure', onVerified })
    const button = await screen.findByRole('button', { name: 'Continue' })
    button.closest('form')?.addEventListener('submit', submitted)
    expect(screen.queryByText(en.continuing)).toBeNull()
    // A customer who was watching would have been taken on by now.
    vi.advanceTimersByTime(10_000)
    expect(submitted).not.toHaveBeenCalled()
    fireEvent.click(button)
    fireEvent.click(button)
    expect(submitted).toHaveBeenCalledTimes(2)
    expect(onVerified.mock.calls).toEqual([[{ id: 'share-1', clientSecret: 's' }]])
  })

  test('calls onVerified only at a press, and once', async () => {
    const onVerified = vi.fn()
    await page.showAt(approved('PASSED', 'PASSED'), { autoStart: false, onVerified })
    const button = await screen.findByRole('button', { name: 'Continue' })
    expect(onVerified).not.toHaveBeenCalled()
    fireEvent.click(button)
    fireEvent.click(button)
    expect(onVerified.mock.calls).toEqual([[{ id: 'share-1', clientSecret: 's' }]])
  })

  test('gives way to a new share request where the page starts by itself', async () => {
    const onVerified = vi.fn()
    page.fake.answers.CreateShareRequest = () => created(pending, 'share-2')
    await page.showAt(approved('PASSED', 'PASSED'), { autoStart: true, onVerified, securePage: '/secure' })
    await heading(en.pendingTitle)
    expect((await page.subscription()).variables).toMatchObject({ id: 'share-2' })
    expect(onVerified).not.toHaveBeenCalled()
  })
})

test('a page that the browser restores does not go to the secure page again', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  const submitted = vi.fn((submit: Event) => submit.preventDefault())
  const onVerified = vi.fn()
  await page.showAt(approved('PASSED', 'PASSED'), { securePage: '/secure', onVerified })
  const form = (await screen.findByRole('button', { name: 'Continue' })).closest('form')!
  form.addEventListener('submit', submitted)
  act(() => {
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
  })
  await heading(en.idleTitle)
  expect(form.isConnected).toBe(false)
  vi.advanceTimersByTime(10_000)
  expect(submitted).not.toHaveBeenCalled()
  expect(onVerified).toHaveBeenCalledOnce()
})

test('moves the focus to a new view, unless the customer is busy elsewhere on the page', async () => {
  render(<input aria-label="elsewhere" />)
  const elsewhere = screen.getByLabelText('elsewhere')
  const open = await page.showAt(pending)
  const cancel = await screen.findByRole('button', { name: 'Cancel' })
  act(() => cancel.focus())
  open.next(event(declined))
  const title = await heading('You declined')
  await waitFor(() => expect(document.activeElement).toBe(title))
  act(() => elsewhere.focus())
  fireEvent.click(screen.getByRole('button', { name: 'Start again' }))
  await heading(en.pendingTitle)
  expect(document.activeElement).toBe(elsewhere)
  expect(screen.getAllByRole('status')[0]?.textContent).toBe(en.pendingTitle)
})

test('two verifications work side by side', async () => {
  page.fake.answers.CreateShareRequest = ({ input }) => created(pending, (input as { policy: string }).policy)
  page.render(
    <>
      <Verification policy="one" locale="en" autoStart />
      <Verification policy="two" locale="uk" theme="dark" autoStart />
    </>,
  )
  await heading(en.pendingTitle)
  await heading(verificationTexts('uk').pendingTitle)
  await waitFor(() => expect(page.fake.subscriptions.size).toBe(2))
  const [, two] = page.fake.subscriptions
  two?.next(event(declined, 'two'))
  await heading(verificationTexts('uk').declinedTitle)
  expect(screen.getByRole('heading', { level: 2, name: en.pendingTitle })).toBeDefined()
})

test("shows the purpose in the customer's language, also when it changes while pending", async () => {
  const inLanguage = (language: unknown) => shareRequest(pending, 'share-1', `In ${language}.`)
  page.fake.answers.PolicyByName = ({ language }) => ({ policy: inLanguage(language).policy })
  page.fake.answers.CreateShareRequest = ({ language }) => ({
    createShareRequest: {
      __typename: 'CreateShareRequestSuccess',
      clientSecret: 's',
      shareRequest: inLanguage(language),
    },
  })
  const shown = page.show({ locale: 'uk', autoStart: false })
  await screen.findByText('In uk.')
  fireEvent.click(screen.getByRole('button', { name: verificationTexts('uk').start }))
  await heading(verificationTexts('uk').pendingTitle)
  expect(screen.getByText('In uk.')).toBeDefined()
  const before = await page.subscription()
  expect(before.variables).toMatchObject({ language: 'uk' })

  shown.rerender(
    <GatewayProvider gateway={page.fake.gateway}>
      <Verification policy="kyc-basic" locale="en" />
    </GatewayProvider>,
  )
  await heading(en.pendingTitle)
  await waitFor(() => expect([...page.fake.subscriptions]).not.toContain(before))
  const open = await page.subscription()
  expect(open.variables).toMatchObject({ language: 'en' })
  const { status } = inLanguage('en')
  open.next({ shareRequestStatus: { __typename: status.__typename, shareRequest: inLanguage('en') } })
  await screen.findByText('In en.')
  expect(page.fake.count('CreateShareRequest')).toBe(1)
  expect(page.fake.count('CheckShareRequest')).toBe(0)
})

test("shows the checks in the customer's language, also when it changes after the result", async () => {
  const onFailed = vi.fn()
  const checked = (language: unknown) => {
    const { outcome, ...status } = approved('PASSED', 'FAILED')
    const checks = outcome.checks.map((check) => ({ ...check, label: `${check.name} in ${language}` }))
    return { ...status, outcome: { ...outcome, checks } }
  }
  page.fake.answers.CheckShareRequest = ({ language }) => ({
    checkShareRequest: shareRequest(checked(language)),
  })
  const shown = page.show({ locale: 'uk', onFailed })
  const before = await page.subscription()
  before.next(event(checked('uk')))
  before.complete()
  await screen.findByText('adult in uk')

  shown.rerender(
    <GatewayProvider gateway={page.fake.gateway}>
      <Verification policy="kyc-basic" locale="en" onFailed={onFailed} />
    </GatewayProvider>,
  )
  await screen.findByText('adult in en')
  expect(screen.queryByText('adult in uk')).toBeNull()
  await heading(en.notPassedTitle)
  expect(onFailed).toHaveBeenCalledTimes(1)
})

test('a view that fails to render is replaced by an explanation, and can be tried again', async () => {
  vi.spyOn(console, 'error').mockReturnValue()
  const status = approved('PASSED', 'PASSED')
  const broken = { ...status, outcome: { ...status.outcome, checks: null } }
  await page.showAt(broken)
  await heading(en.mistakeTitle)
  fireEvent.click(screen.getByRole('button', { name: en.tryAgain }))
  await heading(en.mistakeTitle)
})

test('a page that is not left stops saying that it takes the customer on', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  await page.showAt(approved('PASSED', 'PASSED'), { securePage: '/secure' })
  vi.spyOn(HTMLFormElement.prototype, 'requestSubmit').mockReturnValue()
  expect(await screen.findByText(en.continuing)).toBeDefined()
  act(() => void vi.advanceTimersByTime(10_000))
  expect(screen.queryByText(en.continuing)).toBeNull()
  expect(screen.getByRole('button', { name: en.continue })).toBeDefined()
})

test('throws an error that names the missing GatewayProvider', () => {
  vi.spyOn(console, 'error').mockReturnValue()
  expect(() => render(<Verification policy="kyc-basic" />)).toThrow(/Put a <GatewayProvider/)
})
