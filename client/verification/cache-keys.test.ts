// @vitest-environment happy-dom

import { readFileSync } from 'node:fs'
import { cacheExchange } from '@urql/exchange-graphcache'
import { buildSchema, isObjectType } from 'graphql'
import { createClient } from 'graphql-ws'
import { Client, fetchExchange, gql, subscriptionExchange } from 'urql'
import { afterEach, expect, test, vi } from 'vitest'
import { possibleTypes } from '../generated/possible-types.ts'
import { FakeGateway } from '../test/fake-gateway.ts'
import { approved, event, pending, policy, shareRequest } from '../test/samples.ts'
import { cacheKeys } from './cache-keys.ts'
import { ShareRequestFields, SubscribeToShareRequest } from './operations.ts'

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'))
const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])

test('every type of the schema has an id or a cache key', () => {
  const withoutId = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !type.name.startsWith('__') && !roots.has(type) && type.getFields().id === undefined)
    .map(({ name }) => name)
  expect(Object.keys(cacheKeys).sort()).toEqual(withoutId.sort())
})

const ShareRequestById = gql`
  query ShareRequestById($id: ID!, $language: String) {
    shareRequest(id: $id) {
      ...ShareRequestFields
    }
  }
  ${ShareRequestFields}
`

const PurposeIn = gql`
  query PurposeIn($language: String) {
    policies {
      name
      purpose(language: $language)
    }
  }
`

/** A client with urql's normalised cache. */
function cachingClient() {
  const socket = createClient({ url: 'ws://gateway.test/graphql' })
  return new Client({
    url: 'http://gateway.test/graphql',
    preferGetMethod: false,
    exchanges: [
      cacheExchange({
        keys: cacheKeys,
        possibleTypes,
        // Without the whole schema, the cache treats a field of another union member as missing.
        logger: (severity, message) => {
          if (severity !== 'debug' && !message.startsWith('Invalid undefined')) console[severity](message)
        },
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query, variables },
              { ...sink, next: ({ data = null, errors }) => sink.next(errors ? { data, errors } : { data }) },
            ),
          }),
        }),
      }),
    ],
  })
}

let fake: FakeGateway | undefined
afterEach(() => fake?.restore())

test('an event of the subscription updates the queries that show the share request', async () => {
  const warn = vi.spyOn(console, 'warn')
  fake = new FakeGateway()
  fake.answers.ShareRequestById = () => ({ shareRequest: shareRequest(pending) })
  const client = cachingClient()
  const read: string[] = []
  const query = client.query(ShareRequestById, { id: 'share-1' }).subscribe(({ data }) => {
    if (data) read.push(data.shareRequest.status.__typename)
  })
  const handle = { id: 'share-1', clientSecret: 's' }
  const subscription = client.subscription(SubscribeToShareRequest, handle).subscribe(() => {})
  await vi.waitFor(() => expect(read).toEqual(['PendingStatus']))
  const [open] = fake.subscriptions
  open?.next(event(approved('PASSED', 'FAILED')))
  await vi.waitFor(() => expect(read).toEqual(['PendingStatus', 'ApprovedStatus']))
  expect(fake.count('ShareRequestById')).toBe(1)
  expect(warn).not.toHaveBeenCalled()
  query.unsubscribe()
  subscription.unsubscribe()
})

test('caches a purpose for each language', async () => {
  fake = new FakeGateway()
  fake.answers.PurposeIn = ({ language }) => ({ policies: [{ ...policy, purpose: `In ${language}.` }] })
  const client = cachingClient()
  const purposeIn = async (language: string) =>
    (await client.query(PurposeIn, { language }).toPromise()).data?.policies[0].purpose
  for (const language of ['en', 'uk', 'en', 'uk']) expect(await purposeIn(language)).toBe(`In ${language}.`)
  expect(fake.count('PurposeIn')).toBe(2)
})
