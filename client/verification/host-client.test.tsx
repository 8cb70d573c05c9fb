// @vitest-environment happy-dom
import { fireEvent, render, screen } from '@testing-library/react'
import type { ReactNode } from 'react'
import { Client, fetchExchange, gql, Provider, subscriptionExchange, useQuery } from 'urql'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { approved, event, pending } from '../test/samples.ts'
import { heading, VerificationPage } from '../test/verification-page.tsx'
import { verificationTexts } from '../test/verification-texts.ts'
import { createGateway } from './gateway.ts'
import { GatewayProvider } from './gateway-provider.tsx'
import { Verification } from './verification.tsx'

const t = verificationTexts('en')
let page: VerificationPage

beforeEach(() => {
  page = new VerificationPage()
})
afterEach(() => page.close())

/** The host's own API, which never hears of the gateway's operations. */
function startHostApi() {
  const asked: string[] = []
  const client = new Client({
    url: 'https://shop.test/graphql',
    preferGetMethod: false,
    exchanges: [fetchExchange],
    fetch: async (url, init) => {
      asked.push(`${url} ${JSON.parse(String(init?.body)).query}`)
      return Response.json({ data: { basket: 'Two bottles' } })
    },
  })
  return { asked, client }
}

const Basket = () => <p>{useQuery({ query: gql`query Basket { basket }` })[0].data?.basket ?? 'Loading'}</p>

test.each(['inside', 'outside'])(
  "the host's urql hooks keep their client, with its Provider %s of ours",
  async (place) => {
    const { asked, client } = startHostApi()
    const { gateway } = page.fake
    const content = (
      <>
        <Basket />
        <Verification policy="kyc-basic" locale="en" autoStart />
      </>
    )
    const ours = (children: ReactNode) => <GatewayProvider gateway={gateway}>{children}</GatewayProvider>
    const theirs = (children: ReactNode) => <Provider value={client}>{children}</Provider>
    render(place === 'inside' ? ours(theirs(content)) : theirs(ours(content)))
    await screen.findByText('Two bottles')
    await heading(t.pendingTitle)
    expect(asked).toEqual([expect.stringMatching(/^https:\/\/shop\.test\/graphql query Basket/)])
    expect(page.fake.calls.map(({ operation }) => operation)).not.toContain('Basket')
  },
)

test("a host's own urql client verifies a customer", async () => {
  const sent: string[] = []
  const sink = Promise.withResolvers<{ next(result: object): void }>()
  const client = new Client({
    url: 'http://gateway.test/graphql',
    preferGetMethod: false,
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '' }) => {
          sent.push(query)
          return {
            subscribe(observer) {
              sink.resolve(observer)
              return { unsubscribe() {} }
            },
          }
        },
      }),
    ],
  })
  const onVerified = vi.fn()
  page.render(
    <GatewayProvider gateway={createGateway(client)}>
      <Verification policy="kyc-basic" locale="en" onVerified={onVerified} />
    </GatewayProvider>,
  )
  fireEvent.click(await screen.findByRole('button', { name: t.start }))
  await heading(t.pendingTitle)
  const { next } = await sink.promise
  expect(sent).toEqual([expect.stringMatching(/^subscription SubscribeToShareRequest/)])
  next({ data: event(pending) })
  next({ data: event(approved('PASSED', 'PASSED')) })
  await heading(t.passedTitle)
  expect(onVerified).toHaveBeenCalledOnce()
  expect(page.fake.opened).toBe(0)
})
