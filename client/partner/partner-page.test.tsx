// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FakeGateway, FakeRefusal } from '../test/fake-gateway.ts'
import { approved, declined, pending, policy } from '../test/samples.ts'
import { PartnerPage } from './partner-page.tsx'
import { partnerTexts } from './texts.ts'

const t = partnerTexts('en')
const key = 'pk_test'
let fake: FakeGateway

const listed = (id: string, status: object, reference: string | null = null) => ({
  __typename: 'ShareRequest',
  id,
  createdAt: '2026-11-24T10:00:00.000Z',
  reference,
  policy,
  status,
})
const page = (nodes: object[], endCursor: string | null = null) => ({
  shareRequests: {
    edges: nodes.map((node) => ({ node })),
    pageInfo: { endCursor, hasNextPage: endCursor !== null },
  },
})
const passed = approved('PASSED', 'PASSED')

beforeEach(() => {
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['en'])
  fake = new FakeGateway()
  fake.answers.SignIn = () => ({ ...page([]), policies: [policy] })
  fake.answers.ShareRequestPage = () => page([listed('one', pending, 'order 1'), listed('two', passed)])
  fake.answers.ShareRequestDetail = ({ id }) => ({
    shareRequest: {
      ...listed(String(id), id === 'one' ? pending : passed),
      createdBy: 'CUSTOMER',
      history: id === 'one' ? [pending] : [pending, passed],
    },
  })
  fake.answers.RevealedFacts = () => ({
    shareRequest: {
      facts: { provenAt: '2026-11-24T10:01:00.000Z', fullName: 'Ada Lovelace', dateOfBirth: null },
    },
  })
})

afterEach(() => {
  cleanup()
  fake.restore()
})

const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }))

function enter(given: string) {
  fireEvent.change(screen.getByLabelText(t.key), { target: { value: given } })
  press(t.signIn)
}
async function signIn() {
  render(<PartnerPage brand={{ name: 'Example Bank' }} url="http://gateway.test/graphql" />)
  enter(key)
  await screen.findByRole('button', { name: /order 1/ })
}
async function open(name: RegExp) {
  press(name)
  await screen.findByRole('heading', { name: t.history })
}

test.each([
  [new FakeRefusal('UNAUTHENTICATED'), t.problem_UNAUTHENTICATED],
  [new FakeRefusal('FORBIDDEN'), t.problem_FORBIDDEN],
  ['no network' as const, t.problem_NETWORK],
  ['fault' as const, t.problem_OTHER],
])('a sign-in that fails is explained: %j', async (answer, explanation) => {
  fake.answers.SignIn = () => answer
  render(<PartnerPage brand={{ name: 'Example Bank' }} url="http://gateway.test/graphql" />)
  enter(key)
  await screen.findByText(explanation)
  expect(fake.count('ShareRequestPage')).toBe(0)
})

test('what can not be a key is not sent', async () => {
  render(<PartnerPage brand={{ name: 'Example Bank' }} url="http://gateway.test/graphql" />)
  enter('ключ')
  await screen.findByText(t.problem_UNAUTHENTICATED)
  expect(fake.calls).toEqual([])
})

test.each([`Bearer ${key}`, ` bearer  ${key} `, `${key.slice(0, 3)} ${key.slice(3)}\t`])(
  'what was copied along with the key is left out: %j',
  async (given) => {
    const authorizations: unknown[] = []
    const { fetch } = globalThis
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
      authorizations.push(new Headers(init.headers).get('authorization'))
      return fetch(url, init)
    })
    render(<PartnerPage brand={{ name: 'Example Bank' }} url="http://gateway.test/graphql" />)
    enter(given)
    await screen.findByRole('button', { name: /order 1/ })
    expect(authorizations[0]).toBe(`Bearer ${key}`)
    vi.unstubAllGlobals()
  },
)

test('the list, its numbers, and the way out', async () => {
  await signIn()
  expect(document.title).toBe(`${t.title} · Example Bank`)
  const bars = within(screen.getByRole('table'))
  expect(bars.getByRole('row', { name: `${t.result_PASSED} 1` })).toBeDefined()
  expect(bars.getByRole('row', { name: `${t.result_DECLINED} 0` })).toBeDefined()
  expect(screen.getByText('60 seconds')).toBeDefined()
  await waitFor(() => expect(fake.subscriptions.size).toBe(1))
  press(t.signOut)
  await screen.findByLabelText(t.key)
  await waitFor(() => expect(fake.sockets).toBe(0))
  expect(screen.getByLabelText<HTMLInputElement>(t.key).value).toBe('')
})

test('the pending one is followed, and what becomes of it is shown at once', async () => {
  await signIn()
  await waitFor(() => expect(fake.subscriptions.size).toBe(1))
  const [followed] = fake.subscriptions
  expect(followed?.variables).toEqual({ id: 'one' })
  followed?.next({ shareRequestStatus: { shareRequest: listed('one', declined, 'order 1') } })
  await screen.findByRole('button', { name: new RegExp(`${t.result_DECLINED}.*order 1`) })
  await waitFor(() => expect(fake.subscriptions.size).toBe(0))
})

test('no more than 20 are followed, over one socket', async () => {
  const many = Array.from({ length: 30 }, (_, n) => listed(`many-${n}`, pending, n === 0 ? 'order 1' : null))
  fake.answers.ShareRequestPage = () => page(many)
  await signIn()
  await waitFor(() => expect(fake.subscriptions.size).toBe(20))
  expect(fake.opened).toBe(1)
})

test('one that is open is followed though 20 newer ones are pending, and though it left the list', async () => {
  const many = Array.from({ length: 30 }, (_, n) => listed(`many-${n}`, pending, n === 0 ? 'order 1' : null))
  const present: Record<string, object> = {}
  fake.answers.ShareRequestPage = ({ filter }) =>
    page((filter as { policy: string | null }).policy === null ? many : [])
  fake.answers.ShareRequestDetail = ({ id }) => ({
    shareRequest: {
      ...listed(String(id), present[String(id)] ?? pending),
      createdBy: 'CUSTOMER',
      history: [pending, present[String(id)]].filter((status) => status !== undefined),
    },
  })
  await signIn()
  await waitFor(() => expect(fake.subscriptions.size).toBe(20))
  const follows = () => [...fake.subscriptions].filter(({ variables }) => variables.id === 'many-25')
  fireEvent.click(within(screen.getAllByRole('listitem')[25]!).getByRole('button'))
  await screen.findByRole('heading', { name: t.history })
  await waitFor(() => expect(follows()).toHaveLength(1))
  fireEvent.change(screen.getByLabelText(t.policy), { target: { value: policy.name } })
  await screen.findByText(t.none)
  await waitFor(() => expect(fake.subscriptions.size).toBe(1))

  present['many-25'] = declined
  follows()[0]?.next({ shareRequestStatus: { shareRequest: listed('many-25', declined) } })
  const detail = within(screen.getByRole('region', { name: policy.name }))
  await detail.findByText(t.result_DECLINED)
  await waitFor(() => expect(fake.subscriptions.size).toBe(0))
})

test('one that is open and among the newest is followed once', async () => {
  await signIn()
  await open(/order 1/)
  await waitFor(() => expect(fake.subscriptions.size).toBe(1))
})

test.each([4401, 4403])('a socket closed with %i ends it, with the reason', async (code) => {
  await signIn()
  await waitFor(() => expect(fake.subscriptions.size).toBe(1))
  fake.breakSockets(code)
  await screen.findByText(t.problem_UNAUTHENTICATED)
  expect(fake.opened).toBe(1)
})

test('a lost socket comes back', async () => {
  await signIn()
  await waitFor(() => expect(fake.subscriptions.size).toBe(1))
  fake.breakSockets()
  await waitFor(() => expect(fake.opened).toBe(2), { timeout: 5_000 })
  await waitFor(() => expect(fake.subscriptions.size).toBe(1))
})

test('filters go to the gateway, and the next page is asked for by the cursor', async () => {
  fake.answers.ShareRequestPage = ({ after }) =>
    after === 'there'
      ? page([listed('three', declined, 'order 3')])
      : page([listed('one', pending, 'order 1')], 'there')
  await signIn()
  press(t.loadMore)
  await screen.findByRole('button', { name: /order 3/ })
  expect(screen.queryByRole('button', { name: t.loadMore })).toBeNull()
  fireEvent.change(screen.getByLabelText(t.state), { target: { value: 'PENDING' } })
  fireEvent.change(screen.getByLabelText(t.policy), { target: { value: policy.name } })
  fireEvent.change(screen.getByLabelText(t.reference), { target: { value: ' order 1 ' } })
  press(t.filter)
  await waitFor(() =>
    expect(fake.calls.at(-1)?.variables).toEqual({
      filter: { status: ['PENDING'], policy: policy.name, reference: 'order 1' },
    }),
  )
})

test('a next page that comes after the filter was changed is left out', async () => {
  let answer = (_: ReturnType<typeof page>) => {}
  fake.answers.ShareRequestPage = ({ after }) =>
    after === 'there'
      ? new Promise((resolve) => {
          answer = resolve
        })
      : page([listed('one', pending, 'order 1')], 'there')
  await signIn()
  press(t.loadMore)
  await screen.findByRole('button', { name: t.loading })
  fireEvent.change(screen.getByLabelText(t.policy), { target: { value: policy.name } })
  await waitFor(() => expect(fake.calls.at(-1)?.variables).toMatchObject({ filter: { policy: policy.name } }))
  answer(page([listed('three', declined, 'order 3')]))
  await screen.findByRole('button', { name: t.loadMore })
  expect(screen.queryByRole('button', { name: /order 3/ })).toBeNull()
})

test('the history of one, and its facts, which are gone when hidden or closed', async () => {
  await signIn()
  await open(new RegExp(t.result_PASSED))
  const entries = within(screen.getByRole('region', { name: policy.name })).getAllByRole('listitem')
  expect(entries.map(({ textContent }) => textContent)).toEqual([
    expect.stringContaining(t.result_PENDING),
    expect.stringMatching(new RegExp(`${t.result_PASSED}.*Your name is proven${t.verdict_PASSED}`)),
  ])
  expect(fake.count('RevealedFacts')).toBe(0)
  press(t.reveal)
  await screen.findByText('Ada Lovelace')
  expect(screen.getByText(t.notShared)).toBeDefined()
  expect(fake.calls.at(-1)?.variables).toEqual({
    id: 'two',
    fullName: true,
    dateOfBirth: true,
  })
  press(t.hide)
  expect(screen.queryByText('Ada Lovelace')).toBeNull()
  press(t.reveal)
  await screen.findByText('Ada Lovelace')
  expect(fake.count('RevealedFacts')).toBe(2)
  press(t.close)
  expect(screen.queryByText('Ada Lovelace')).toBeNull()
})

test('facts that the key may not read: said', async () => {
  fake.answers.RevealedFacts = () => new FakeRefusal('FORBIDDEN')
  await signIn()
  await open(new RegExp(t.result_PASSED))
  press(t.reveal)
  await screen.findByText(t.problem_FORBIDDEN)
})

test('cancelled from here', async () => {
  await signIn()
  await open(/order 1/)
  fake.answers.CancelListed = () => ({
    cancelShareRequest: listed('one', { ...declined, __typename: 'CancelledStatus' }, 'order 1'),
  })
  press(t.cancel)
  await screen.findByRole('button', { name: new RegExp(`${t.result_CANCELLED}.*order 1`) })
})

describe('the focus is never lost', () => {
  const pressed = (name: string | RegExp) => {
    const button = screen.getByRole('button', { name })
    button.focus()
    fireEvent.click(button)
    return button
  }
  const hasFocus = (element: HTMLElement) => waitFor(() => expect(document.activeElement).toBe(element))

  test('after signing in and out it is at the heading', async () => {
    render(<PartnerPage brand={{ name: 'Example Bank' }} url="http://gateway.test/graphql" />)
    fireEvent.change(screen.getByLabelText(t.key), { target: { value: key } })
    pressed(t.signIn)
    await hasFocus(await screen.findByRole('heading', { name: t.title }))
    pressed(t.signOut)
    await hasFocus(await screen.findByRole('heading', { name: t.signInTitle }))
  })

  test('revealing and hiding keep it, and are told', async () => {
    await signIn()
    await open(new RegExp(t.result_PASSED))
    const button = pressed(t.reveal)
    const told = (await screen.findByText(t.said_revealed)).closest('[role=status]')
    expect(button.textContent).toBe(t.hide)
    await hasFocus(button)
    pressed(t.hide)
    expect(button.textContent).toBe(t.reveal)
    await hasFocus(button)
    expect(told?.textContent).toBe(t.said_hidden)
    expect(told?.isConnected).toBe(true)
  })

  test('where the buttons go it is at the heading, and what was done stays told', async () => {
    await signIn()
    await open(/order 1/)
    const cancelled = { ...declined, __typename: 'CancelledStatus' }
    fake.answers.CancelListed = () => ({ cancelShareRequest: listed('one', cancelled, 'order 1') })
    fake.answers.ShareRequestDetail = () => ({
      shareRequest: {
        ...listed('one', cancelled),
        createdBy: 'CUSTOMER',
        history: [pending, cancelled],
      },
    })
    pressed(t.cancel)
    await waitFor(() => expect(screen.queryByRole('button', { name: t.cancel })).toBeNull())
    await hasFocus(screen.getByRole('heading', { name: policy.name }))
    expect(screen.getByText(t.done).getAttribute('role')).toBe('status')
  })

  test('where the key may not do it, too', async () => {
    await signIn()
    await open(/order 1/)
    fake.answers.CheckListed = () => new FakeRefusal('FORBIDDEN')
    pressed(t.check)
    expect((await screen.findByText(t.problem_FORBIDDEN)).getAttribute('role')).toBe('status')
    await hasFocus(screen.getByRole('heading', { name: policy.name }))
  })

  test('where the buttons go while it is elsewhere, it stays there', async () => {
    await signIn()
    await open(/order 1/)
    fake.answers.ShareRequestDetail = () => ({
      shareRequest: { ...listed('one', declined), createdBy: 'CUSTOMER', history: [pending, declined] },
    })
    const close = screen.getByRole('button', { name: t.close })
    close.focus()
    const [followed] = fake.subscriptions
    followed?.next({ shareRequestStatus: { shareRequest: listed('one', declined, 'order 1') } })
    await waitFor(() => expect(screen.queryByRole('button', { name: t.cancel })).toBeNull())
    expect(document.activeElement).toBe(close)
  })
})

test('a check that comes too late, and one that the key may not ask for', async () => {
  await signIn()
  await open(/order 1/)
  fake.answers.CheckListed = () => ({ checkShareRequest: { __typename: 'InvalidTransition' } })
  press(t.check)
  await screen.findByText(t.refusal_InvalidTransition)
  fake.answers.CheckListed = () => new FakeRefusal('FORBIDDEN')
  press(t.check)
  await screen.findByText(t.problem_FORBIDDEN)
  expect(screen.queryByRole('button', { name: t.cancel })).toBeNull()
})

test('in Ukrainian, what the policy says too', async () => {
  await signIn()
  await open(/order 1/)
  press('Українська')
  expect(await screen.findByRole('heading', { name: partnerTexts('uk').title })).toBeDefined()
  expect(document.documentElement.lang).toBe('uk')
  expect(fake.calls.at(-1)).toEqual({
    operation: 'ShareRequestDetail',
    variables: { id: 'one', language: 'uk' },
  })
})

test('a page that is left forgets the key', async () => {
  await signIn()
  window.dispatchEvent(new Event('pagehide'))
  await screen.findByLabelText(t.key)
})
