// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
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
  policy,
  refused,
  revoked,
  shareRequest,
} from '../test/samples.ts'
import { heading, VerificationPage } from '../test/verification-page.tsx'
import { verificationTexts } from '../test/verification-texts.ts'
import { locales } from '../ui/locales.ts'

let page: VerificationPage
beforeEach(() => {
  page = new VerificationPage()
})
afterEach(() => {
  page.close()
  vi.useRealTimers()
})

describe.each(locales)('every view, in %s', (locale) => {
  const t = verificationTexts(locale)
  const button = (name: string) => screen.getByRole('button', { name })

  test('before the start: what will be shared; nothing is created', async () => {
    page.show({ locale, autoStart: false })
    expect(await screen.findByText(policy.purpose)).toBeDefined()
    await heading(t.idleTitle)
    expect(page.fake.count('CreateShareRequest')).toBe(0)
    fireEvent.click(button(t.start))
    await heading(t.pendingTitle)
  })

  test('before the start, while loading', () => {
    page.fake.answers.PolicyByName = () => 'silence'
    page.show({ locale, autoStart: false })
    expect(screen.getByText(t.loadingTerms)).toBeDefined()
    expect(screen.queryByRole('button')).toBeNull()
  })

  test('an unknown policy', async () => {
    page.fake.answers.PolicyByName = () => ({ policy: null })
    page.show({ locale, autoStart: false })
    await heading(t.unknownPolicyTitle)
  })

  test.each(['no network', 'fault'] as const)('details that could not be loaded: %s', async (trouble) => {
    page.fake.answers.PolicyByName = () => trouble
    page.show({ locale, autoStart: false })
    await heading(trouble === 'fault' ? t.serverTitle : t.networkTitle)
    page.fake.answers.PolicyByName = () => ({ policy })
    fireEvent.click(button(t.tryAgain))
    await heading(t.idleTitle)
  })

  test('creating, which can be cancelled', async () => {
    page.fake.answers.CreateShareRequest = () => 'silence'
    page.show({ locale })
    await heading(t.creatingTitle)
    fireEvent.click(button(t.cancel))
    await heading(t.idleTitle)
  })

  test('pending: what is shared, with whom and why, then the code, the countdown and Cancel', async () => {
    page.show({ locale, partner: 'Example Bank' })
    await heading(t.pendingTitle)
    expect(page.fake.calls.map(({ operation }) => operation)).toEqual(['CreateShareRequest'])
    const terms = within(screen.getByRole('region', { name: t.termsTitle }))
    expect(terms.getByText(t.facts.FULL_NAME)).toBeDefined()
    expect(terms.getByText(t.facts.DATE_OF_BIRTH)).toBeDefined()
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
    ['not passed', approved('PASSED', 'FAILED'), t.notPassedTitle, null],
    ['not passed, though one is undecidable', approved('UNDECIDABLE', 'FAILED'), t.notPassedTitle, null],
    ['undecidable', approved('PASSED', 'UNDECIDABLE'), t.undecidableTitle, t.startAgain],
    ['declined', declined, t.declinedTitle, t.startAgain],
    ['expired', expired, t.expiredTitle, t.newCode],
    ['cancelled', cancelled, t.cancelledTitle, t.startAgain],
    ['failed, but may work', failed('FACTS_UNAVAILABLE', true), t.failedTitle, t.startAgain],
    ['failed for good', failed('REJECTED_BY_PORTMONE', false), t.failedTitle, null],
    ['of a newer gateway', revoked, t.newerTitle, t.startAgain],
  ])('%s', async (_, status, title, wayOn) => {
    vi.spyOn(console, 'warn').mockReturnValue()
    await page.showAt(status, { locale })
    await heading(title)
    if (wayOn === null) return expect(screen.queryByRole('button')).toBeNull()
    page.fake.answers.CreateShareRequest = () => created(pending, 'share-2')
    fireEvent.click(button(wayOn))
    await heading(t.pendingTitle)
    expect(page.fake.count('CreateShareRequest')).toBe(2)
  })

  test('the outcome, check by check', async () => {
    await page.showAt(approved('UNDECIDABLE', 'FAILED'), { locale })
    const checks = within(await screen.findByRole('region', { name: t.checksTitle })).getAllByRole('listitem')
    expect(checks.map(({ textContent }) => textContent)).toEqual([
      `Your name is proven${t.verdict_UNDECIDABLE}`,
      `You are an adult${t.verdict_FAILED}`,
    ])
  })

  test('a share request that has expired', async () => {
    page.show({ locale })
    ;(await page.subscription()).error('SHARE_REQUEST_NOT_FOUND')
    await heading(t.goneTitle)
    expect(button(t.startAgain)).toBeDefined()
  })

  test.each([
    ['Portmone is down', refused('UpstreamUnavailable', { retryable: true }), t.upstreamTitle, t.tryAgain],
    ['Portmone refuses', refused('UpstreamUnavailable', { retryable: false }), t.upstreamTitle, null],
    ['the policy is unknown', refused('UnknownPolicy'), t.unknownPolicyTitle, null],
    ['the key was used', refused('IdempotencyConflict'), t.mistakeTitle, t.startAgain],
    ['a refusal of a newer gateway', refused('Newer'), t.newerTitle, t.startAgain],
    ['no network', 'no network' as const, t.networkTitle, t.tryAgain],
    ['a fault of the gateway', 'fault' as const, t.serverTitle, t.tryAgain],
  ])('not created: %s', async (_, answer, title, wayOn) => {
    vi.spyOn(console, 'warn').mockReturnValue()
    page.fake.answers.CreateShareRequest = () => answer
    page.show({ locale })
    await heading(title)
    if (wayOn === null) return expect(screen.queryByRole('button')).toBeNull()
    page.fake.answers.CreateShareRequest = () => created(pending)
    fireEvent.click(button(wayOn))
    await heading(t.pendingTitle)
  })

  test('not created: the input is not valid, and where', async () => {
    const issues = [{ __typename: 'InputIssue', path: ['input', 'policy'], message: 'is too long' }]
    page.fake.answers.CreateShareRequest = () => refused('InvalidInput', { issues })
    page.show({ locale })
    await heading(t.mistakeTitle)
    expect(screen.getByText('input.policy').parentElement?.textContent).toBe('input.policy is too long')
  })

  test('not created: too many, with the time to wait counted down', async () => {
    page.fake.answers.CreateShareRequest = () => refused('RateLimited', { retryAfter: 2 })
    page.show({ locale })
    await heading(t.rateLimitedTitle)
    vi.useFakeTimers()
    const again = screen.getByRole('button')
    expect(again.getAttribute('aria-disabled')).toBe('true')
    fireEvent.click(again)
    expect(page.fake.count('CreateShareRequest')).toBe(1)
    vi.useRealTimers()
    await waitFor(() => expect(again.textContent).toBe(t.tryAgain), { timeout: 10_000 })
    page.fake.answers.CreateShareRequest = () => created(pending)
    fireEvent.click(again)
    await heading(t.pendingTitle)
  })

  test('a lost and a restored connection', async () => {
    await page.showAt(pending, { locale })
    await heading(t.pendingTitle)
    act(() => page.fake.breakSockets())
    expect(await screen.findByText(t.reconnecting)).toBeDefined()
    await waitFor(async () => (await page.subscription()).next(event(pending)), { timeout: 4_000 })
    expect(await screen.findByText(t.reconnected)).toBeDefined()
  })

  test('a cancel that fails, and can be repeated', async () => {
    await page.showAt(pending, { locale })
    await heading(t.pendingTitle)
    page.fake.answers.CancelShareRequest = () => ({
      cancelShareRequest: { __typename: 'UpstreamUnavailable', retryable: true },
    })
    fireEvent.click(button(t.cancel))
    expect(await screen.findByText(t.cancelFailed)).toBeDefined()
    page.fake.answers.CancelShareRequest = () => ({ cancelShareRequest: shareRequest(cancelled) })
    fireEvent.click(button(t.cancel))
    await heading(t.cancelledTitle)
  })

  test('a cancel that fails while the connection is lost', async () => {
    await page.showAt(pending, { locale })
    await heading(t.pendingTitle)
    page.fake.isReachable = false
    act(() => page.fake.breakSockets())
    await screen.findByText(t.reconnecting)
    page.fake.answers.CancelShareRequest = () => 'no network'
    fireEvent.click(button(t.cancel))
    expect(await screen.findByText(`${t.cancelFailed} ${t.reconnecting}`)).toBeDefined()
    expect(button(t.cancel)).toBeDefined()
  })

  test('the deadline', async () => {
    page.fake.date = new Date('2026-11-24T10:05:00.000Z')
    page.show({ locale })
    expect(await screen.findByText(t.timeIsUp)).toBeDefined()
    expect(screen.queryByRole('timer')).toBeNull()
  })
})
