// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { type ReactNode, StrictMode } from 'react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FakeGateway } from '../test/fake-gateway.ts'
import {
  approved,
  cancelled,
  created,
  declined,
  event,
  expired,
  failed,
  pending,
  policy,
  revoked,
  shareRequest,
} from '../test/samples.ts'
import { GatewayProvider } from './gateway-provider.tsx'
import { locales } from './messages/define-messages.ts'
import { messagesIn } from './messages/index.ts'
import { Verification, type VerificationProps } from './verification.tsx'

let fake: FakeGateway

beforeEach(() => {
  fake = new FakeGateway()
  fake.date = new Date('2026-11-24T10:00:30.000Z')
  fake.answers.CreateShareRequest = () => created(pending)
  fake.answers.PolicyByName = () => ({ policy })
})

afterEach(() => {
  cleanup()
  fake.restore()
  sessionStorage.clear()
  vi.useRealTimers()
})

const around = (children: ReactNode) => <GatewayProvider gateway={fake.gateway}>{children}</GatewayProvider>
const show = (props: Partial<VerificationProps> = {}) =>
  render(around(<Verification policy="kyc-basic" locale="en" autoStart {...props} />))

const heading = (name: string) => screen.findByRole('heading', { level: 2, name })
const subscription = () =>
  waitFor(() => {
    const [open] = fake.subscriptions
    if (open === undefined) throw new Error('Nobody subscribes.')
    return open
  })

/** Shows the verification, and brings its share request to `status`. */
async function showAt(status: { __typename: string }, props: Partial<VerificationProps> = {}) {
  const view = show(props)
  const open = await subscription()
  open.next(event(status))
  return { view, open }
}

const refusal = (__typename: string, fields = {}) => ({ createShareRequest: { __typename, ...fields } })

describe.each(locales)('every view, in %s', (locale) => {
  const t = messagesIn(locale)
  const button = (name: string) => screen.getByRole('button', { name })

  test('before the start: what will be asked, and nothing created', async () => {
    show({ locale, autoStart: false })
    expect(await screen.findByText(policy.purpose)).toBeDefined()
    await heading(t.idleTitle)
    expect(fake.count('CreateShareRequest')).toBe(0)
    fireEvent.click(button(t.start))
    await heading(t.pendingTitle)
  })

  test('while that is loading', () => {
    fake.answers.PolicyByName = () => 'silence'
    show({ locale, autoStart: false })
    expect(screen.getByText(t.loadingTerms)).toBeDefined()
    expect(screen.queryByRole('button')).toBeNull()
  })

  test('a policy that is not there', async () => {
    fake.answers.PolicyByName = () => ({ policy: null })
    show({ locale, autoStart: false })
    await heading(t.unknownPolicyTitle)
  })

  test.each(['no network', 'fault'] as const)('terms that could not be had: %s', async (trouble) => {
    fake.answers.PolicyByName = () => trouble
    show({ locale, autoStart: false })
    await heading(trouble === 'fault' ? t.serverTitle : t.networkTitle)
    fake.answers.PolicyByName = () => ({ policy })
    fireEvent.click(button(t.tryAgain))
    await heading(t.idleTitle)
  })

  test('creating, which can be given up', async () => {
    fake.answers.CreateShareRequest = () => 'silence'
    show({ locale })
    await heading(t.creatingTitle)
    fireEvent.click(button(t.cancel))
    await heading(t.idleTitle)
  })

  test('pending: what, with whom and why, then the code, the countdown and the ways out', async () => {
    show({ locale, partner: 'Example Bank' })
    await heading(t.pendingTitle)
    expect(fake.calls.map(({ operation }) => operation)).toEqual(['CreateShareRequest'])
    const terms = within(screen.getByRole('region', { name: t.termsTitle }))
    expect(terms.getByText(t.fact_FULL_NAME)).toBeDefined()
    expect(terms.getByText(t.fact_DATE_OF_BIRTH)).toBeDefined()
    expect(terms.getByText('Example Bank')).toBeDefined()
    expect(terms.getByText(policy.purpose)).toBeDefined()
    const picture = screen.getByRole('img', { name: /Portmone/ })
    expect(terms.getByText(policy.purpose).compareDocumentPosition(picture)).toBe(
      Node.DOCUMENT_POSITION_FOLLOWING,
    )
    expect(screen.getByRole('timer').textContent).toBe(`${t.expiresIn} 4:30`)
    expect(button(t.cancel)).toBeDefined()
    expect(screen.getByText(t.help)).toBeDefined()
  })

  test.each([
    ['passed', approved('PASSED', 'PASSED'), t.passedTitle, null],
    ['not passed', approved('PASSED', 'FAILED'), t.notPassedTitle, t.startAgain],
    [
      'not passed, though one is undecidable',
      approved('UNDECIDABLE', 'FAILED'),
      t.notPassedTitle,
      t.startAgain,
    ],
    ['undecidable', approved('PASSED', 'UNDECIDABLE'), t.undecidableTitle, t.startAgain],
    ['declined', declined, t.declinedTitle, t.startAgain],
    ['expired', expired, t.expiredTitle, t.newCode],
    ['cancelled', cancelled, t.cancelledTitle, t.startAgain],
    ['failed, but may work', failed('FACTS_UNAVAILABLE', true), t.failedTitle, t.startAgain],
    ['failed for good', failed('REJECTED_BY_PORTMONE', false), t.failedTitle, null],
    ['of a newer gateway', revoked, t.newerTitle, t.startAgain],
  ])('%s', async (_, status, title, wayOn) => {
    vi.spyOn(console, 'warn').mockReturnValue()
    await showAt(status, { locale })
    await heading(title)
    if (wayOn === null) return expect(screen.queryByRole('button')).toBeNull()
    fake.answers.CreateShareRequest = () => created(pending, 'share-2')
    fireEvent.click(button(wayOn))
    await heading(t.pendingTitle)
    expect(fake.count('CreateShareRequest')).toBe(2)
  })

  test('the outcome check by check, in words', async () => {
    await showAt(approved('UNDECIDABLE', 'FAILED'), { locale, names: { adult: 'Adult?' } })
    const checks = within(await screen.findByRole('region', { name: t.checksTitle })).getAllByRole('listitem')
    expect(checks.map(({ textContent }) => textContent)).toEqual([
      expect.stringContaining(t.verdict_UNDECIDABLE),
      `Adult?${t.verdict_FAILED}`,
    ])
  })

  test('a share request that is no longer known', async () => {
    show({ locale })
    ;(await subscription()).error('SHARE_REQUEST_NOT_FOUND')
    await heading(t.goneTitle)
    expect(button(t.startAgain)).toBeDefined()
  })

  test.each([
    ['Portmone is down', refusal('UpstreamUnavailable', { retryable: true }), t.upstreamTitle, t.tryAgain],
    ['Portmone refuses', refusal('UpstreamUnavailable', { retryable: false }), t.upstreamTitle, null],
    ['the policy is unknown', refusal('UnknownPolicy'), t.unknownPolicyTitle, null],
    ['the key was used', refusal('IdempotencyConflict'), t.invalidInputTitle, t.startAgain],
    ['a refusal of a newer gateway', refusal('Newer'), t.newerTitle, t.startAgain],
    ['no network', 'no network' as const, t.networkTitle, t.tryAgain],
    ['a fault of the gateway', 'fault' as const, t.serverTitle, t.tryAgain],
  ])('not created: %s', async (_, answer, title, wayOn) => {
    vi.spyOn(console, 'warn').mockReturnValue()
    fake.answers.CreateShareRequest = () => answer
    show({ locale })
    await heading(title)
    if (wayOn === null) return expect(screen.queryByRole('button')).toBeNull()
    fake.answers.CreateShareRequest = () => created(pending)
    fireEvent.click(button(wayOn))
    await heading(t.pendingTitle)
  })

  test('not created: the input is not valid, and where', async () => {
    const issues = [{ __typename: 'InputIssue', path: ['input', 'policy'], message: 'is too long' }]
    fake.answers.CreateShareRequest = () => refusal('InvalidInput', { issues })
    show({ locale })
    await heading(t.invalidInputTitle)
    expect(screen.getByText('input.policy').parentElement?.textContent).toBe('input.policy is too long')
  })

  test('not created: too many, with the time to wait counted down', async () => {
    fake.answers.CreateShareRequest = () => refusal('RateLimited', { retryAfter: 2 })
    show({ locale })
    await heading(t.rateLimitedTitle)
    vi.useFakeTimers()
    const again = screen.getByRole('button')
    expect(again.getAttribute('aria-disabled')).toBe('true')
    fireEvent.click(again)
    expect(fake.count('CreateShareRequest')).toBe(1)
    vi.useRealTimers()
    await waitFor(() => expect(again.textContent).toBe(t.tryAgain), { timeout: 4_000 })
    fake.answers.CreateShareRequest = () => created(pending)
    fireEvent.click(again)
    await heading(t.pendingTitle)
  })

  test('a lost connection is shown, and that it is back', async () => {
    await showAt(pending, { locale })
    await heading(t.pendingTitle)
    act(() => fake.breakSockets())
    expect(await screen.findByText(t.reconnecting)).toBeDefined()
    await waitFor(async () => (await subscription()).next(event(pending)), { timeout: 4_000 })
    expect(await screen.findByText(t.reconnected)).toBeDefined()
  })

  test('a cancel that does not succeed is told, and can be tried again', async () => {
    await showAt(pending, { locale })
    await heading(t.pendingTitle)
    fake.answers.CancelShareRequest = () => ({
      cancelShareRequest: { __typename: 'UpstreamUnavailable', retryable: true },
    })
    fireEvent.click(button(t.cancel))
    expect(await screen.findByText(t.cancelFailed)).toBeDefined()
    fake.answers.CancelShareRequest = () => ({ cancelShareRequest: shareRequest(cancelled) })
    fireEvent.click(button(t.cancel))
    await heading(t.cancelledTitle)
  })

  test('the last moment', async () => {
    fake.date = new Date('2026-11-24T10:05:00.000Z')
    show({ locale })
    expect(await screen.findByText(t.timeIsUp)).toBeDefined()
    expect(screen.queryByRole('timer')).toBeNull()
  })
})

describe('the page around it', () => {
  test('is told once of a verified customer, also under StrictMode', async () => {
    const [onVerified, onFailed] = [vi.fn(), vi.fn()]
    render(
      <StrictMode>
        {around(
          <Verification
            policy="kyc-basic"
            locale="en"
            autoStart
            onVerified={onVerified}
            onFailed={onFailed}
          />,
        )}
      </StrictMode>,
    )
    ;(await subscription()).next(event(approved('PASSED', 'PASSED')))
    await heading('Verified')
    expect(onVerified.mock.calls).toEqual([[{ id: 'share-1', clientSecret: 'secret of share-1' }]])
    expect(onFailed).not.toHaveBeenCalled()
    expect(fake.count('CreateShareRequest')).toBe(1)
  })

  test.each([
    ['NOT_PASSED', approved('PASSED', 'FAILED'), 'Not verified'],
    ['UNDECIDABLE', approved('PASSED', 'UNDECIDABLE'), 'Could not be verified'],
    ['DECLINED', declined, 'You declined'],
    ['EXPIRED', expired, 'The code has expired'],
    ['CANCELLED', cancelled, 'Cancelled'],
    ['FAILED', failed('FACTS_UNAVAILABLE', true), 'This did not work'],
  ])('is told of the end: %s', async (end, status, title) => {
    const [onVerified, onFailed] = [vi.fn(), vi.fn()]
    await showAt(status, { onVerified, onFailed })
    await heading(title)
    expect(onFailed.mock.calls).toEqual([[end, { id: 'share-1', clientSecret: 'secret of share-1' }]])
    expect(onVerified).not.toHaveBeenCalled()
  })

  test('a verified customer goes on to the secure page by a form, with the handle, and soon by itself', async () => {
    const submitted = vi.fn((submit: Event) => submit.preventDefault())
    await showAt(approved('PASSED', 'PASSED'), { securePage: '/secure' })
    const form = (await screen.findByRole('button', { name: 'Continue' })).closest('form')!
    form.addEventListener('submit', submitted)
    expect([form.method, form.getAttribute('action')]).toEqual(['post', '/secure'])
    expect(Object.fromEntries(new FormData(form))).toEqual({
      id: 'share-1',
      clientSecret: 'secret of share-1',
    })
    await waitFor(() => expect(submitted).toHaveBeenCalledOnce(), { timeout: 5_000 })
  })

  test('one who comes back from there is not sent away again', async () => {
    const navigation = Object.assign(performance.mark('navigation'), { type: 'back_forward' })
    vi.spyOn(performance, 'getEntriesByType').mockReturnValue([navigation])
    sessionStorage.setItem('portmone-verification:kyc-basic', '{"id":"share-1","clientSecret":"s"}')
    fake.answers.CheckShareRequest = () => 'silence'
    await showAt(approved('PASSED', 'PASSED'), { securePage: '/secure' })
    await screen.findByRole('button', { name: 'Continue' })
    expect(screen.queryByText(messagesIn('en').continuing)).toBeNull()
  })

  test('keeps the focus where the customer is busy elsewhere, else the focus follows the change', async () => {
    render(<input aria-label="elsewhere" />)
    const elsewhere = screen.getByLabelText('elsewhere')
    const { open } = await showAt(pending)
    const cancel = await screen.findByRole('button', { name: 'Cancel' })
    act(() => cancel.focus())
    open.next(event(declined))
    const title = await heading('You declined')
    await waitFor(() => expect(document.activeElement).toBe(title))
    act(() => elsewhere.focus())
    fireEvent.click(screen.getByRole('button', { name: 'Start again' }))
    await heading(messagesIn('en').pendingTitle)
    expect(document.activeElement).toBe(elsewhere)
  })

  test('two verifications stand side by side', async () => {
    fake.answers.CreateShareRequest = ({ input }) => created(pending, (input as { policy: string }).policy)
    render(
      around(
        <>
          <Verification policy="one" locale="en" autoStart />
          <Verification policy="two" locale="uk" theme="dark" autoStart />
        </>,
      ),
    )
    await heading(messagesIn('en').pendingTitle)
    await heading(messagesIn('uk').pendingTitle)
    await waitFor(() => expect(fake.subscriptions.size).toBe(2))
    const [, two] = fake.subscriptions
    two?.next(event(declined, 'two'))
    await heading(messagesIn('uk').declinedTitle)
    expect(screen.getByRole('heading', { level: 2, name: messagesIn('en').pendingTitle })).toBeDefined()
  })

  test('a code that is a link can be opened on this device', async () => {
    const code = 'http://127.0.0.1:4100/c/1'
    fake.answers.CreateShareRequest = () => created({ ...pending, code })
    const fetchAll = globalThis.fetch
    vi.stubGlobal('fetch', (url: string, init: RequestInit) =>
      String(url).startsWith('http://127.0.0.1') ? new Promise(() => {}) : fetchAll(url, init),
    )
    show()
    const link = await screen.findByRole('link', { name: 'Open on this device' })
    expect([link.getAttribute('href'), link.getAttribute('target'), link.getAttribute('rel')]).toEqual([
      code,
      '_blank',
      'noopener noreferrer',
    ])
    vi.unstubAllGlobals()
  })

  test.each(['javascript:alert(1)', 'portmone:code', 'data:text/html,x'])('%s is no link', async (code) => {
    fake.answers.CreateShareRequest = () => created({ ...pending, code })
    show()
    await heading(messagesIn('en').pendingTitle)
    expect(screen.queryByRole('link')).toBeNull()
  })

  test('outside of a GatewayProvider it says what is missing', () => {
    vi.spyOn(console, 'error').mockReturnValue()
    expect(() => render(<Verification policy="kyc-basic" />)).toThrow(/Put a <GatewayProvider/)
  })
})
