// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FakeRefusal } from '../test/fake-gateway.ts'
import { change, listed, PartnerVisit, page } from '../test/partner-visit.tsx'
import { declined, pending, policy } from '../test/samples.ts'
import { partnerTexts } from './texts/index.ts'

const t = partnerTexts('en')
const cancelled = { ...declined, __typename: 'CancelledStatus' }
let visit: PartnerVisit

beforeEach(() => {
  visit = new PartnerVisit()
})
afterEach(() => visit.close())

/** What the gateway knows of the share request `one` from now on. */
function becomes(status: object) {
  visit.fake.answers.ShareRequestDetail = () => ({
    shareRequest: { ...listed('one', status), history: [pending, status] },
  })
}
const detail = () => within(screen.getByRole('region', { name: policy.name }))

test('shows the history, and the facts on request only, until they are hidden or closed', async () => {
  await visit.signIn()
  await visit.open('order 2')
  const entries = detail().getAllByRole('listitem')
  expect(entries.map(({ textContent }) => textContent)).toEqual([
    expect.stringContaining(t.result_PENDING),
    expect.stringMatching(new RegExp(`${t.result_PASSED}.*Your name is proven${t.verdict_PASSED}`)),
  ])
  expect(visit.fake.count('RevealedFacts')).toBe(0)
  visit.press(t.reveal)
  await screen.findByText('Ada Lovelace')
  expect(screen.getByText(t.notShared)).toBeDefined()
  expect(visit.lastVariables('RevealedFacts')).toEqual({ id: 'two', fullName: true, dateOfBirth: true })
  visit.press(t.hide)
  expect(screen.queryByText('Ada Lovelace')).toBeNull()
  visit.press(t.reveal)
  await screen.findByText('Ada Lovelace')
  expect(visit.fake.count('RevealedFacts')).toBe(2)
  visit.press(t.close)
  expect(screen.queryByText('Ada Lovelace')).toBeNull()
})

test('says that the key may not read the facts', async () => {
  visit.fake.answers.RevealedFacts = () => new FakeRefusal('FORBIDDEN')
  await visit.signIn()
  await visit.open('order 2')
  visit.press(t.reveal)
  await screen.findByText(t.problem_FORBIDDEN)
})

test('shows moments in the local zone with the exact one as their title', async () => {
  await visit.signIn()
  await visit.open('order 1')
  const [time] = detail().getAllByTitle('2026-11-24T10:00:00.000Z')
  expect(time?.getAttribute('datetime')).toBe('2026-11-24T10:00:00.000Z')
  expect(time?.textContent).toMatch(/2026.*:00:00.*(UTC|GMT|[A-Z]{3,4})/)
})

describe('by its link', () => {
  test('is open after the sign-in, beside the list', async () => {
    history.replaceState(null, '', '?id=two')
    await visit.signIn()
    await screen.findByRole('heading', { name: t.history })
    expect(visit.lastVariables('ShareRequestDetail')).toMatchObject({ id: 'two' })
    expect(screen.getByRole('link', { name: 'order 2' }).getAttribute('aria-current')).toBe('true')
  })

  test('says so if there is no such share request', async () => {
    visit.fake.answers.ShareRequestDetail = () => ({ shareRequest: null })
    history.replaceState(null, '', '?id=unknown')
    await visit.signIn()
    await screen.findByRole('heading', { name: t.notFoundTitle })
    expect(screen.getByText(t.notFoundText)).toBeDefined()
  })

  test('is in the address when it is opened, and Back closes it', async () => {
    await visit.signIn()
    await visit.open('order 1')
    expect(location.search).toBe('?id=one')
    act(() => history.back())
    await waitFor(() => expect(screen.queryByRole('region', { name: policy.name })).toBeNull())
  })
})

test('changes live, also when it is not in the list', async () => {
  await visit.signIn()
  await visit.open('order 1')
  visit.fake.answers.ShareRequestPage = () => page([])
  fireEvent.change(screen.getByLabelText(t.policy), { target: { value: policy.name } })
  await screen.findByText(t.none)
  becomes(declined)
  const subscription = await visit.subscription()
  subscription.next(change('1', listed('one', declined)))
  expect(await detail().findAllByText(t.result_DECLINED)).toHaveLength(2)
})

test('is cancelled, and the list shows it', async () => {
  await visit.signIn()
  await visit.open('order 1')
  visit.fake.answers.CancelListed = () => ({ cancelShareRequest: listed('one', cancelled, 'order 1') })
  visit.press(t.cancel)
  await screen.findByRole('row', { name: new RegExp(`${t.result_CANCELLED}.*order 1`) })
})

test('explains a check that comes too late, and one that the key may not request', async () => {
  await visit.signIn()
  await visit.open('order 1')
  visit.fake.answers.CheckListed = () => ({ checkShareRequest: { __typename: 'InvalidTransition' } })
  visit.press(t.check)
  await screen.findByText(t.refusal_InvalidTransition)
  visit.fake.answers.CheckListed = () => new FakeRefusal('FORBIDDEN')
  visit.press(t.check)
  await screen.findByText(t.problem_FORBIDDEN)
  expect(screen.queryByRole('button', { name: t.cancel })).toBeNull()
})

describe('the focus is never lost', () => {
  const pressed = (name: string | RegExp) => {
    const button = screen.getByRole('button', { name })
    button.focus()
    fireEvent.click(button)
    return button
  }
  const hasFocus = (element: HTMLElement) => waitFor(() => expect(document.activeElement).toBe(element))

  test('opening moves it to the detail, and closing back to the link', async () => {
    await visit.signIn()
    await visit.open('order 1')
    await hasFocus(screen.getByRole('heading', { name: policy.name }))
    pressed(t.close)
    await hasFocus(screen.getByRole('link', { name: 'order 1' }))
  })

  test('Back moves it to the heading of the page', async () => {
    await visit.signIn()
    await visit.open('order 1')
    act(() => history.back())
    await hasFocus(screen.getByRole('heading', { name: t.title }))
  })

  test('revealing and hiding keep it, and are announced', async () => {
    await visit.signIn()
    await visit.open('order 2')
    const button = pressed(t.reveal)
    const announced = (await screen.findByText(t.said_revealed)).closest('[role=status]')
    expect(button.textContent).toBe(t.hide)
    await hasFocus(button)
    pressed(t.hide)
    expect(button.textContent).toBe(t.reveal)
    await hasFocus(button)
    expect(announced?.textContent).toBe(t.said_hidden)
    expect(announced?.isConnected).toBe(true)
  })

  test('it moves to the heading where the buttons disappear, and the result stays announced', async () => {
    await visit.signIn()
    await visit.open('order 1')
    visit.fake.answers.CancelListed = () => ({ cancelShareRequest: listed('one', cancelled, 'order 1') })
    becomes(cancelled)
    pressed(t.cancel)
    await waitFor(() => expect(screen.queryByRole('button', { name: t.cancel })).toBeNull())
    await hasFocus(screen.getByRole('heading', { name: policy.name }))
    expect(screen.getByText(t.done).getAttribute('role')).toBe('status')
  })

  test('it moves to the heading where the key may not act, too', async () => {
    await visit.signIn()
    await visit.open('order 1')
    visit.fake.answers.CheckListed = () => new FakeRefusal('FORBIDDEN')
    pressed(t.check)
    expect((await screen.findByText(t.problem_FORBIDDEN)).getAttribute('role')).toBe('status')
    await hasFocus(screen.getByRole('heading', { name: policy.name }))
  })

  test('it stays where it is when buttons elsewhere disappear', async () => {
    await visit.signIn()
    await visit.open('order 1')
    becomes(declined)
    const close = screen.getByRole('button', { name: t.close })
    close.focus()
    const subscription = await visit.subscription()
    subscription.next(change('1', listed('one', declined, 'order 1')))
    await waitFor(() => expect(screen.queryByRole('button', { name: t.cancel })).toBeNull())
    expect(document.activeElement).toBe(close)
  })
})
