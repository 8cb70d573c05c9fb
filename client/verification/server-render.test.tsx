import { renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'
import { createGateway, GatewayProvider, Verification, type VerificationProps } from './index.ts'

const render = (props: Partial<VerificationProps> = {}) =>
  renderToString(
    <GatewayProvider gateway={createGateway('/graphql')}>
      <Verification policy="age-over-18" {...props} />
    </GatewayProvider>,
  )

test('these tests run without a DOM', () => {
  for (const name of ['window', 'document', 'location']) expect(name in globalThis, name).toBe(false)
})

test('a server renders the start, in English', () => {
  expect(render()).toContain('Before you start')
})

test('a server renders the preparation of the code where the page starts by itself', () => {
  expect(render({ autoStart: true })).toContain('Preparing your code')
})

test('a server renders an empty frame in a language whose texts load later', () => {
  expect(render({ locale: 'uk' })).toMatch(/<section[^>]* lang="uk" aria-busy="true"><\/section>/)
})
