import { type ApolloClient, gql } from '@apollo/client'
import { isObjectType } from 'graphql'
import { beforeEach, expect, test, vi } from 'vitest'
import { schema } from '../../server/schema/index.ts'
import { load, prepareSnippets, type Verify } from '../docs/frontend-snippets.ts'
import { connect, handleOf, prepareStage, stage } from '../support/callers.ts'
import { overHttp } from '../support/clients.ts'
import { create } from '../support/operations.ts'

prepareSnippets()
prepareStage()

let client: ApolloClient
let verify: Verify<ApolloClient>
beforeEach(async () => {
  const apollo = await load<{
    createApolloClient(url: string): ApolloClient
    verify: Verify<ApolloClient>
  }>('apollo.ts')
  client = apollo.createApolloClient(`${stage.gateway.url}/graphql`)
  verify = apollo.verify
  const warn = vi.spyOn(console, 'warn')
  return () => {
    client.stop()
    expect(warn).not.toHaveBeenCalled()
  }
})

test('caches policies by name, share requests and partner keys by id, and everything else within its parent', () => {
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
  const known = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !type.name.startsWith('__') && !roots.has(type))
    .map((type) => {
      const values = Object.keys(type.getFields()).map((field) => [field, `its ${field}`])
      return client.cache.identify({ __typename: type.name, ...Object.fromEntries(values) })
    })
    .filter((key) => key !== undefined)
  expect(known.sort()).toEqual(['PartnerKey:its id', 'Policy:{"name":"its name"}', 'ShareRequest:its id'])
})

test('an event replaces the whole status', async () => {
  let id = ''
  const isVerified = await verify(client, 'age-over-18', ({ code }, handle) => {
    id = handle.id
    if (code !== undefined) stage.sandbox.approve(code)
  })
  expect(isVerified).toBe(true)
  const check = { __typename: 'CheckResult', name: 'adult', label: 'You are an adult', verdict: 'PASSED' }
  const outcome = { __typename: 'Outcome', passed: true, checks: [check] }
  const status = { __typename: 'ApprovedStatus', version: 2, outcome }
  expect(client.extract()).toMatchObject({ [`ShareRequest:${id}`]: { id, status } })
  expect(JSON.stringify(client.extract())).not.toMatch(/PendingStatus|"code"/)
})

const Policies = gql`
  query Policies($language: String) {
    policies {
      name
      purpose(language: $language)
    }
  }
`
const PolicyName = gql`
  query PolicyName($id: ID!, $clientSecret: String!) {
    shareRequest(id: $id, clientSecret: $clientSecret) {
      id
      policy {
        name
      }
    }
  }
`
const Terms = gql`
  query Terms($id: ID!, $clientSecret: String!, $language: String) {
    shareRequest(id: $id, clientSecret: $clientSecret) {
      id
      policy {
        name
        purpose(language: $language)
      }
    }
  }
`

test("caches a policy's purpose separately for each language", async () => {
  const handle = handleOf(await create(connect(overHttp)))
  await client.query({ query: PolicyName, variables: handle })
  const fetches = vi.spyOn(globalThis, 'fetch')
  const purposes = { en: /^The law requires/, uk: /^Закон вимагає/ }
  for (const language of ['en', 'uk', 'en', 'uk'] as const) {
    await client.query({ query: Policies, variables: { language } })
    expect(client.readQuery({ query: Terms, variables: { ...handle, language } })).toMatchObject({
      shareRequest: { policy: { name: 'kyc-basic', purpose: expect.stringMatching(purposes[language]) } },
    })
  }
  expect(fetches).toHaveBeenCalledTimes(2)
})
