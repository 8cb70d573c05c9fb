// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FakeRefusal } from '../test/fake-gateway.ts'
import { change, counts, listed, PartnerVisit, page } from '../test/partner-visit.tsx'
import { declined, pending, policy } from '../test/samples.ts'
import { partnerTexts } from './texts/index.ts'

const t = partnerTexts('en')
let visit: PartnerVisit

beforeEach(() => {
  visit = new PartnerVisit()
})
afterEach(() => visit.close())

const row = (name: string) => screen.findByRole('row', { name: new RegExp(name) })
const select = (label: string, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } })
const result = (name: string) =>
  screen.getByRole<HTMLInputElement>('radio', { name: new RegExp(`^${name} `) })
const filterOf = (operation: string) => visit.lastVariables(operation)?.filter

describe('the list', () => {
  test('shows who created each share request', async () => {
    const byKey = {
      ...listed('two', pending, 'order 2'),
      createdBy: 'PARTNER',
      createdByKey: { __typename: 'PartnerKey' as const, name: 'billing' },
    }
    const byUnknownKey = { ...byKey, id: 'three', reference: null, createdByKey: null }
    visit.fake.answers.ShareRequestPage = () => page([listed('one', pending, 'order 1'), byKey, byUnknownKey])
    await visit.signIn()
    await row(`order 1.*${t.createdByCustomer}`)
    await row('order 2.*billing')
    await row(`${t.withoutReference}.*three.*${t.createdByPartner}`)
  })

  test('shows all numbers as the gateway counts them', async () => {
    visit.fake.answers.ShareRequestCounts = () => counts(3, 9_999, 20)
    await visit.signIn()
    await screen.findByRole('radio', { name: `${t.all} 10,000+` })
    expect(result(t.result_PENDING).labels?.[0]?.textContent).toBe(`${t.result_PENDING} 3`)
    expect(screen.getByText(t.shown('2', '10,000+'))).toBeDefined()
  })

  test('loads the next page by the cursor', async () => {
    visit.fake.answers.ShareRequestPage = ({ after }) =>
      after === 'there'
        ? page([listed('three', declined, 'order 3')])
        : page([listed('one', pending, 'order 1')], 'there')
    await visit.signIn()
    screen.getByRole('button', { name: t.loadMore }).focus()
    visit.press(t.loadMore)
    await row('order 3')
    expect(screen.queryByRole('button', { name: t.loadMore })).toBeNull()
    expect(document.activeElement).toBe(screen.getByText(t.shown('2', '2')))
  })

  test('is replaced by the explanation if it cannot be loaded', async () => {
    await visit.signIn()
    visit.fake.answers.ShareRequestPage = () => new FakeRefusal('BAD_USER_INPUT')
    select(t.policy, policy.name)
    expect((await screen.findByText(t.problem_BAD_USER_INPUT)).closest('[role=alert]')).not.toBeNull()
    expect(screen.queryByRole('table')).toBeNull()
  })

  test('says that there is none yet, and none that matches with a way to reset', async () => {
    await visit.signIn()
    visit.fake.answers.ShareRequestPage = () => page([])
    fireEvent.click(result(t.result_FAILED))
    await screen.findByText(t.none)
    screen.getByRole('button', { name: t.resetFilter }).focus()
    visit.press(t.resetFilter)
    await screen.findByText(t.noneYet)
    expect(document.activeElement).toBe(screen.getByRole('heading', { name: t.title }))
    expect(location.search).toBe('')
    expect(screen.queryByRole('button', { name: t.resetFilter })).toBeNull()
  })

  test('drops a next page that arrives after the filter was changed', async () => {
    let answer = (_: ReturnType<typeof page>) => {}
    visit.fake.answers.ShareRequestPage = ({ after }) =>
      after === 'there'
        ? new Promise((resolve) => {
            answer = resolve
          })
        : page([listed('one', pending, 'order 1')], 'there')
    await visit.signIn()
    visit.press(t.loadMore)
    await screen.findByRole('button', { name: t.loading })
    select(t.policy, policy.name)
    await waitFor(() => expect(filterOf('ShareRequestPage')).toEqual({ policy: policy.name }))
    answer(page([listed('three', declined, 'order 3')]))
    await screen.findByRole('button', { name: t.loadMore })
    expect(screen.queryByRole('row', { name: /order 3/ })).toBeNull()
  })
})

describe('the filters', () => {
  test('go to the gateway and into the address; the numbers are those of every result', async () => {
    await visit.signIn()
    fireEvent.click(result(t.result_NOT_PASSED))
    select(t.policy, policy.name)
    select(t.from, '2026-11-01')
    select(t.to, '2026-11-24')
    const creation = {
      policy: policy.name,
      createdFrom: new Date(2026, 10, 1).toISOString(),
      createdBefore: new Date(2026, 10, 25).toISOString(),
    }
    await waitFor(() => expect(filterOf('ShareRequestPage')).toEqual({ ...creation, passed: false }))
    expect(filterOf('ShareRequestCounts')).toEqual(creation)
    expect(location.search).toBe(`?result=NOT_PASSED&policy=${policy.name}&from=2026-11-01&to=2026-11-24`)
  })

  test('search as one types, by the start of the reference or by the id', async () => {
    await visit.signIn()
    select(t.search, 'order 1')
    await waitFor(() => expect(filterOf('ShareRequestPage')).toEqual({ referencePrefix: 'order 1' }))
    const id = '5f0c7a52-6f0e-4a7e-9a53-0d5c1f6f0b7a'
    select(t.search, ` ${id} `)
    fireEvent.submit(screen.getByRole('form', { name: t.filter }))
    await waitFor(() => expect(filterOf('ShareRequestPage')).toEqual({ id }))
  })

  test('do not apply a date while its year is being typed', async () => {
    await visit.signIn()
    select(t.from, '0002-11-24')
    expect(location.search).toBe('')
    select(t.from, '2026-11-24')
    expect(location.search).toBe('?from=2026-11-24')
  })

  test('come from the address, and Back undoes the last one', async () => {
    history.replaceState(null, '', `?result=PENDING&search=order`)
    await visit.signIn()
    expect(filterOf('ShareRequestPage')).toEqual({ status: ['PENDING'], referencePrefix: 'order' })
    expect(result(t.result_PENDING).checked).toBe(true)
    expect(screen.getByLabelText<HTMLInputElement>(t.search).value).toBe('order')
    fireEvent.click(result(t.all))
    await waitFor(() => expect(filterOf('ShareRequestPage')).toEqual({ referencePrefix: 'order' }))
    act(() => history.back())
    await waitFor(() => expect(result(t.result_PENDING).checked).toBe(true))
  })

  test('keep a policy that no longer exists', async () => {
    history.replaceState(null, '', '?policy=former')
    await visit.signIn()
    expect(screen.getByLabelText<HTMLSelectElement>(t.policy).value).toBe('former')
  })
})

describe('changes', () => {
  test('come by one subscription, which begins where the sign-in was', async () => {
    await visit.signIn()
    const subscription = await visit.subscription()
    expect(subscription.variables).toEqual({ after: 'start' })
    await screen.findByText(t.live)
    subscription.next(
      change('1', { ...listed('new', pending, 'order 3'), createdAt: '2026-11-24T11:00:00.000Z' }),
    )
    subscription.next(change('2', listed('one', declined, 'order 1')))
    await row(`${t.result_DECLINED}.*order 1`)
    const references = screen.getAllByRole('link').map(({ textContent }) => textContent)
    expect(references).toEqual(['order 3', 'order 1', 'order 2'])
    expect(visit.fake.count('ShareRequestPage')).toBe(1)
    expect(visit.fake.opened).toBe(1)
  })

  test('take out what no longer matches, and the focus moves on', async () => {
    history.replaceState(null, '', '?result=PENDING')
    visit.fake.answers.ShareRequestPage = () =>
      page([listed('two', pending, 'order 2'), listed('one', pending, 'order 1')])
    await visit.signIn()
    screen.getByRole('link', { name: 'order 2' }).focus()
    const subscription = await visit.subscription()
    subscription.next(change('1', listed('two', declined, 'order 2')))
    await waitFor(() => expect(screen.queryByRole('link', { name: 'order 2' })).toBeNull())
    expect(document.activeElement).toBe(screen.getByRole('link', { name: 'order 1' }))
    subscription.next(change('2', listed('one', declined, 'order 1')))
    await screen.findByText(t.none)
    expect(document.activeElement).toBe(screen.getByRole('heading', { name: t.title }))
  })

  test('are announced together, some seconds later', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true })
    await visit.signIn()
    await screen.findByText(`${t.said_shown} 2`)
    const subscription = await visit.subscription()
    subscription.next(change('1', listed('one', declined, 'order 1')))
    subscription.next(
      change('2', { ...listed('new', pending, 'order 3'), createdAt: '2026-11-24T11:00:00.000Z' }),
    )
    await row('order 3')
    expect(screen.queryByText(new RegExp(t.said_changed))).toBeNull()
    await act(() => vi.advanceTimersByTimeAsync(5_000))
    expect(screen.getByText(`${t.said_changed} 2`).getAttribute('role')).toBe('status')
    vi.useRealTimers()
  })

  test('that do not arrive are admitted, with a button that reads the list again', async () => {
    visit.fake.isReachable = false
    visit.fake.answers.FollowChanges = () => 'no network'
    await visit.signIn()
    expect((await screen.findByText(t.notLive)).getAttribute('role')).toBe('status')
    visit.fake.answers.ShareRequestPage = () => page([listed('one', declined, 'order 1')])
    visit.press(t.refresh)
    await row(`${t.result_DECLINED}.*order 1`)
    visit.fake.isReachable = true
    await screen.findByText(t.live)
    expect(screen.queryByRole('button', { name: t.refresh })).toBeNull()
  })
})
