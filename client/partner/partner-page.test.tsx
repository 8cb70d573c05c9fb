// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
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
  expect(fake.calls.at(-1)?.variables).toMatchObject({ fullName: true, dateOfBirth: true, phone: false })
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
