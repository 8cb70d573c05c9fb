import { randomUUID } from 'node:crypto'
import { getNamedType, isCompositeType, isObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canaries } from '../../portmone/sandbox/personas.ts'
import { encodeChangeCursor } from '../../server/schema/change-cursor.ts'
import { schema } from '../../server/schema/index.ts'
import type { Scope } from '../../server/share-requests/caller.ts'
import { factKinds } from '../../server/share-requests/facts.ts'
import type { Policy } from '../../server/share-requests/policies.ts'
import {
  overHttp,
  type Result,
  streamingTransports,
  type TestClient,
  transports,
} from '../support/clients.ts'
import { type Created, create, operations } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'
import { type CallerName, callers, type Line, matrix, withoutLine } from './authorisation-matrix.ts'

const policy = (name: string, access: Policy['access']): Policy => ({
  name,
  access,
  purpose: 'To try who may see what.',
  facts: [...factKinds],
  checks: [{ name: 'adult', ageOver: 18 }],
  lifetime: 3600,
})

let stage: Stage
let customer: TestClient
let approved: Created
let pending: Created
let deleted: Created
/** From before `approved` was created. */
let changesCursor: string
const keys: Partial<Record<CallerName, string>> = {}

beforeAll(async () => {
  stage = await startStage({ policies: [policy('open', 'PUBLIC'), policy('closed', 'PARTNER')] })
  const { store } = stage.gateway
  customer = overHttp(stage.gateway.url)
  deleted = await createApproved()
  await store.deleteBefore(store.now() + 1, 10)
  changesCursor = encodeChangeCursor(await store.lastChange())
  approved = await createApproved()
  pending = await create(customer, { policy: 'open' })

  const scopes: Partial<Record<CallerName, Scope[]>> = {
    read: ['share-requests:read'],
    write: ['share-requests:write'],
    facts: ['facts:read'],
    'facts+': ['facts:read'],
  }
  for (const [caller, granted] of Object.entries(scopes))
    keys[caller as CallerName] = await stage.partnerKey(granted)
  keys.all = await stage.partnerKey()
  keys.revoked = await stage.partnerKey()
  await store.revokePartnerKey(keys.revoked.split('_')[1] ?? '', store.now())
  keys.expired = await stage.partnerKey(undefined, store.now() - 1)
})
afterAll(() => stage[Symbol.asyncDispose]())

async function createApproved(): Promise<Created> {
  const created = await create(customer, { policy: 'open' })
  stage.sandbox.approve(created.code, 'adult')
  const { id, clientSecret } = created
  const { data } = await customer.run(operations.check, { input: { id, clientSecret } })
  expect(data.checkShareRequest.status.__typename).toBe('ApprovedStatus')
  return created
}

/** The arguments that `caller` sends for a share request. */
function handleOf(caller: CallerName, wanted: Created) {
  if (caller === 'deleted') return { id: deleted.id, clientSecret: deleted.clientSecret }
  if (caller === 'own' || caller === 'facts+') return { id: wanted.id, clientSecret: wanted.clientSecret }
  const other = wanted === approved ? pending : approved
  return caller === 'other' ? { id: wanted.id, clientSecret: other.clientSecret } : { id: wanted.id }
}

interface Asking {
  query: string
  variables?: Record<string, unknown>
  isSubscription?: boolean
}

/** `selections` of the share request itself. */
const asking = (selections: string, caller: CallerName, wanted = approved): Asking => ({
  query: `query ($id: ID!, $clientSecret: String) { shareRequest(id: $id, clientSecret: $clientSecret) { ${selections} } }`,
  variables: handleOf(caller, wanted),
})

const changing = (field: string, caller: CallerName, wanted: Created, selections = '__typename'): Asking => ({
  query: `mutation ($input: ShareRequestInput!) {
    answer: ${field}(input: $input) { __typename ... on ShareRequest { ${selections} } }
  }`,
  variables: { input: handleOf(caller, wanted) },
})

const creating = (name: string): Asking => ({
  query:
    'mutation ($input: CreateShareRequestInput!) { answer: createShareRequest(input: $input) { __typename } }',
  variables: { input: { policy: name, idempotencyKey: randomUUID() } },
})

const following = (caller: CallerName, selections = '__typename'): Asking => ({
  query: `subscription ($id: ID!, $clientSecret: String) {
    shareRequestStatus(id: $id, clientSecret: $clientSecret) { ${selections} }
  }`,
  variables: handleOf(caller, approved),
  isSubscription: true,
})

const streaming = (selections: string): Asking => ({
  query: `subscription ($after: String) { shareRequestChanges(after: $after) { ${selections} } }`,
  variables: { after: changesCursor },
  isSubscription: true,
})

/** A field with the arguments and selections that it needs. */
function selected(type: string, name: string): string {
  const parent = schema.getType(type)
  const field = isObjectType(parent) ? parent.getFields()[name] : undefined
  if (field === undefined) throw new Error(`There is no ${type}.${name} in the schema.`)
  const withArguments = type === 'IdentityFacts' && name === 'ageOver' ? 'ageOver(years: 18)' : name
  return isCompositeType(getNamedType(field.type)) ? `${withArguments} { __typename }` : withArguments
}

/** How to select each root field, and fields that have more than one way. */
const ways: Record<string, (caller: CallerName) => Asking | Promise<Asking>> = {
  'Query.policies': () => ({ query: '{ policies { name } }' }),
  'Query.policy': () => ({ query: '{ policy(name: "open") { name } }' }),
  'Query.policy partner': () => ({ query: '{ policy(name: "closed") { name } }' }),
  'Query.shareRequest': (caller) => asking('id', caller),
  'Query.shareRequests': () => ({ query: '{ shareRequests { edges { node { id } } } }' }),
  'Mutation.createShareRequest': () => creating('open'),
  'Mutation.createShareRequest partner': () => creating('closed'),
  'Mutation.checkShareRequest': (caller) => changing('checkShareRequest', caller, approved),
  'Mutation.cancelShareRequest': async (caller) =>
    changing('cancelShareRequest', caller, await create(customer, { policy: 'open' })),
  'Subscription.shareRequestStatus': (caller) => following(caller),
  'Subscription.shareRequestChanges': () => streaming('shareRequest { id }'),
  'ShareRequest.facts checked': (caller) =>
    changing('checkShareRequest', caller, approved, 'facts { fullName dateOfBirth }'),
  'ShareRequest.facts followed': (caller) => following(caller, 'shareRequest { facts { fullName } }'),
  'ShareRequest.facts streamed': () => streaming('shareRequest { facts { fullName } }'),
  'ShareRequest.facts listed': () => ({
    query:
      '{ shareRequests(first: 1, filter: { status: [APPROVED] }) { edges { node { facts { fullName } } } } }',
  }),
}

/** How to select a field of each other type. */
const usualWays: Record<string, (field: string, caller: CallerName) => Asking> = {
  ShareRequest: (field, caller) => asking(field, caller),
  IdentityFacts: (field, caller) => asking(`facts { ${field} }`, caller),
  PostalAddress: (field, caller) => asking(`facts { address { ${field} } }`, caller),
  ApprovedStatus: (field, caller) => asking(`status { ... on ApprovedStatus { ${field} } }`, caller),
  PendingStatus: (field, caller) => asking(`status { ... on PendingStatus { ${field} } }`, caller, pending),
  Outcome: (field, caller) => asking(`status { ... on ApprovedStatus { outcome { ${field} } } }`, caller),
  CheckResult: (field, caller) =>
    asking(`status { ... on ApprovedStatus { outcome { checks { ${field} } } } }`, caller),
  Policy: (field) => ({ query: `{ policy(name: "open") { ${field} } }` }),
}

function askingOf({ coordinate, way }: Line, caller: CallerName): Asking | Promise<Asking> {
  const [type = '', name = ''] = coordinate.split('.')
  const special = ways[`${coordinate} ${way}`.trim()]
  if (special !== undefined) return special(caller)
  const usual = usualWays[type]
  if (usual === undefined || way !== '') throw new Error(`How is ${coordinate} ${way} asked?`)
  return usual(selected(type, name), caller)
}

const words: Record<string, string> = {
  UNAUTHENTICATED: '401',
  FORBIDDEN: '403',
  FACTS_NOT_IN_SUBSCRIPTION: 'sub',
  SHARE_REQUEST_NOT_FOUND: '-',
}

/** A result as a word of the table. Unexpected facts have a word of their own. */
function wordOf({ data, errors }: Result, mayHaveFacts: boolean): string {
  const text = JSON.stringify({ data, errors })
  if (!mayHaveFacts && canaries.some((canary) => text.includes(canary))) return 'A FACT IS IN IT'
  const codes = new Set(errors?.map(({ extensions }) => String(extensions?.code)))
  if (codes.size > 0) return [...codes].map((code) => words[code] ?? code).join(' and ')
  const answers = Object.values(data ?? {}) as ({ __typename?: string } | null)[]
  const isMissing = (answer: (typeof answers)[number]) =>
    answer === null || answer.__typename === 'ShareRequestNotFound' || answer.__typename === 'UnknownPolicy'
  return answers.length === 0 || answers.some(isMissing) ? '-' : 'ok'
}

/** Whether the transport refuses the key: HTTP with status 401, a WebSocket by closing with 4401. */
const isRefusal = (refusal: unknown) => {
  const { code, response } = refusal as { code?: number; response?: Response }
  return code === 4401 || response?.status === 401
}

describe.each(Object.entries(transports))('over %s', (transport, connect) => {
  const lines = matrix.filter(
    ({ coordinate, way }) =>
      connect !== overHttp ||
      (!coordinate.startsWith('Subscription') && !['followed', 'streamed'].includes(way)),
  )
  test.each(lines.map((line) => [`${line.coordinate} ${line.way}`.trim(), line] as const))(
    '%s',
    async (_, line) => {
      const found: Partial<Record<CallerName, string>> = {}
      for (const caller of callers) {
        const client = connect(stage.gateway.url, keys[caller])
        const { query, variables } = await askingOf(line, caller)
        try {
          const result = await client.run(query, variables)
          const word = wordOf(result, line.expected[caller] === 'ok')
          const isDeadKey = caller === 'revoked' || caller === 'expired'
          found[caller] = isDeadKey && word === '401' && result.data == null ? 'out' : word
        } catch (refusal) {
          found[caller] = isRefusal(refusal) ? 'out' : `failed on ${transport}: ${refusal}`
        }
        await client.dispose()
      }
      expect(found).toEqual(line.expected)
    },
  )
})

test('answers no operation sent by GET, whoever sends it', async () => {
  for (const line of matrix) {
    const { query, variables } = await askingOf(line, 'own')
    const url = new URL('/graphql', stage.gateway.url)
    url.search = new URLSearchParams({ query, variables: JSON.stringify(variables ?? {}) }).toString()
    for (const accept of ['application/json', 'text/event-stream']) {
      const response = await fetch(url, { headers: { accept, authorization: `Bearer ${keys.all}` } })
      expect(response.status).toBe(405)
      expect(await response.text()).not.toContain('"data"')
    }
  }
})

test('runs no subscription over plain HTTP', async () => {
  const { query, variables } = following('own')
  const response = await fetch(`${stage.gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  expect(response.status).toBe(406)
  expect(stage.gateway.subscribers).toBe(0)
})

describe('the table has a line', () => {
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => isObjectType(type) && !type.name.startsWith('__'),
  )

  test('for every field of the schema', () => {
    const coordinates = types
      .filter(({ name }) => !withoutLine.includes(name))
      .flatMap((type) =>
        isObjectType(type) ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`) : [],
      )
    expect([...new Set(matrix.map(({ coordinate }) => coordinate))].sort()).toEqual(coordinates.sort())
  })

  test('or a reason to omit it, and no reason for a type that no longer exists', () => {
    const names = types.map(({ name }) => name)
    expect(withoutLine.filter((name) => !names.includes(name))).toEqual([])
  })
})

test('no clientSecret opens a deleted share request, not even in a subscription', async () => {
  const { id, clientSecret } = deleted
  for (const connect of Object.values(streamingTransports)) {
    const client = connect(stage.gateway.url)
    const { errors } = await client.run(operations.follow, { id, clientSecret })
    expect(errors?.[0]?.extensions?.code).toBe('SHARE_REQUEST_NOT_FOUND')
    await client.dispose()
  }
})
