import { cleanup, configure, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { expect, vi } from 'vitest'
import { PartnerPage } from '../partner/partner-page.tsx'
import { partnerTexts } from '../partner/texts/index.ts'
import { FakeGateway, type FakeSubscription } from './fake-gateway.ts'
import { approved, pending, policy } from './samples.ts'

// A busy machine may take long.
configure({ asyncUtilTimeout: 10_000 })

const t = partnerTexts('en')
export const partnerKey = 'pk_test'
export const passed = approved('PASSED', 'PASSED')

/** A share request as the list selects it. */
export const listed = (id: string, status: object, reference: string | null = null) => ({
  __typename: 'ShareRequest',
  id,
  createdAt: '2026-11-24T10:00:00.000Z',
  createdBy: 'CUSTOMER',
  createdByKey: null as { __typename: 'PartnerKey'; name: string } | null,
  reference,
  policy,
  status,
})

export const page = (nodes: object[], endCursor: string | null = null) => ({
  shareRequests: {
    edges: nodes.map((node) => ({ node })),
    pageInfo: { endCursor, hasNextPage: endCursor !== null },
  },
})

const count = (value: number, isExact = true) => ({ __typename: 'ShareRequestCount', value, isExact })

/** The numbers of the results, in the order of the API. */
export const counts = (...values: number[]) => {
  const names = ['pending', 'passed', 'notPassed', 'declined', 'expired', 'cancelled', 'failed']
  const outcomes = Object.fromEntries(names.map((name, n) => [name, count(values[n] ?? 0)]))
  const total = values.reduce((sum, value) => sum + value, 0)
  return { shareRequests: { totalCount: count(Math.min(total, 10_000), total <= 10_000), outcomes } }
}

/** As the subscription delivers it. */
export const change = (cursor: string, shareRequest: object) => ({
  shareRequestChanges: { __typename: 'ShareRequestChange', cursor, shareRequest },
})

/** Someone at the overview, and a gateway with two share requests: `one` is pending, `two` has passed. */
export class PartnerVisit {
  readonly fake = new FakeGateway()

  constructor() {
    vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['en'])
    this.fake.answers.SignIn = () => ({ shareRequests: { changesCursor: 'start' }, policies: [policy] })
    this.fake.answers.ShareRequestPage = () =>
      page([listed('one', pending, 'order 1'), listed('two', passed, 'order 2')])
    this.fake.answers.ShareRequestCounts = () => counts(1, 1)
    this.fake.answers.ShareRequestDetail = ({ id }) => ({
      shareRequest: {
        ...listed(String(id), id === 'one' ? pending : passed),
        history: id === 'one' ? [pending] : [pending, passed],
      },
    })
    this.fake.answers.RevealedFacts = () => ({
      shareRequest: {
        facts: { provenAt: '2026-11-24T10:01:00.000Z', fullName: 'Ada Lovelace', dateOfBirth: null },
      },
    })
  }

  close() {
    cleanup()
    this.fake.restore()
    history.replaceState(null, '', location.pathname)
    vi.restoreAllMocks()
  }

  show() {
    render(<PartnerPage brand={{ name: 'Example Bank' }} url="http://gateway.test/graphql" />)
  }

  enter(key: string) {
    fireEvent.change(screen.getByLabelText(t.key), { target: { value: key } })
    this.press(t.signIn)
  }

  async signIn() {
    this.show()
    this.enter(partnerKey)
    await screen.findByRole('link', { name: 'order 1' })
  }

  /** Opens the share request with this reference. */
  async open(reference: string) {
    fireEvent.click(screen.getByRole('link', { name: reference }))
    await screen.findByRole('heading', { name: t.history })
  }

  press(name: string | RegExp) {
    fireEvent.click(screen.getByRole('button', { name }))
  }

  /** Resolves with the only subscription. */
  async subscription(): Promise<FakeSubscription> {
    await waitFor(() => expect(this.fake.subscriptions.size).toBe(1))
    return [...this.fake.subscriptions][0]!
  }

  /** The variables of the last call of an operation. */
  lastVariables(operation: string) {
    return this.fake.calls.findLast((call) => call.operation === operation)?.variables
  }
}
