import { readFileSync } from 'node:fs'
import { type ExecutionResult, parse, validate } from 'graphql'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { CompiledOperations } from '../../server/graphql/compiled-operations.ts'
import { createExecution, type Execution } from '../../server/graphql/execution.ts'
import { toGraphQLError } from '../../server/graphql/masking.ts'
import { schema } from '../../server/schema/index.ts'
import type { Caller } from '../../server/share-requests/caller.ts'
import { InvalidTransition, RateLimited, ShareRequestNotFound } from '../../server/share-requests/errors.ts'
import type { ShareRequest } from '../../server/share-requests/share-request.ts'
import { ShareRequests } from '../../server/share-requests/share-requests.ts'
import { StatusSubscription } from '../../server/share-requests/status-subscription.ts'
import { StoreUnavailable } from '../../server/share-requests/store.ts'
import { Topics } from '../../server/share-requests/topics.ts'
import { everythingOf, operations } from '../support/operations.ts'
import { type Domain, startDomain } from '../unit/domain.ts'
import { samplePending, samplePolicy } from '../unit/samples.ts'

const pageOperations: string[] = Object.values(
  JSON.parse(
    readFileSync(new URL('../../client/generated/persisted-documents.json', import.meta.url), 'utf8'),
  ),
)
const page = (name: string) => {
  const text = pageOperations.find((text) => text.includes(` ${name}(`))
  if (text === undefined) throw new Error(`The page has no operation ${name}.`)
  return text
}

const { id } = samplePending
const clientSecret = 'A'.repeat(43)
const approved: ShareRequest = {
  ...samplePending,
  ...{ state: 'APPROVED', version: 2, approvedAt: 1_100_000, changedAt: 1_100_000 },
  outcome: { passed: false, checks: [{ name: 'adult', verdict: 'FAILED' }] },
}
const failed: ShareRequest = {
  ...samplePending,
  ...{ state: 'FAILED', version: 2, reason: 'FACTS_UNAVAILABLE', retryable: true },
}
const facts = { ageOver18: true, fullName: 'Ada Lovelace', provenAt: 1_100_000 }
const lost: object = { ...samplePending, state: 'LOST' }
const undated: object = { ...samplePending, createdAt: Number.NaN }

let domain: Domain
let shareRequests: ShareRequests
beforeEach(async () => {
  domain = await startDomain()
  shareRequests = domain.shareRequests
})

/** What the methods of ShareRequests do in a case. Both executors run each case. */
type Behaviour = Partial<Record<'find' | 'list' | 'create' | 'check' | 'cancel' | 'facts', () => unknown>> & {
  events?: object[]
}
const rejecting = (error: Error) => async () => {
  throw error
}

interface Case {
  text: string
  variables?: Record<string, unknown>
  behaviour?: Behaviour
  caller?: Caller
  /** Whether graphql-jit cannot run it correctly. */
  interpreted?: boolean
}

const partner: Caller = { kind: 'PARTNER', keyId: 'key', scopes: ['share-requests:read', 'facts:read'] }
const customer: Caller = { kind: 'CUSTOMER', address: '127.0.0.1' }
const input = { id, clientSecret }
const followed = page('SubscribeToShareRequest')
const select = (selection: string) => `query ($id: ID!) { shareRequest(id: $id) { ${selection} } }`
const readAll = select(
  'id createdAt status { __typename version changedAt } history { version } policy { name }',
)
const readFacts = select('id facts { fullName documentNumber ageOver(years: 18) } again: facts { provenAt }')

const cases: Record<string, Case> = {
  policies: { text: page('Policies'), variables: { language: 'uk' } },
  'a policy': { text: page('PolicyByName'), variables: { name: samplePolicy.name } },
  'a policy that does not exist': { text: page('PolicyByName'), variables: { name: 'none' } },
  'a creation': {
    text: page('CreateShareRequest'),
    variables: { input: { policy: samplePolicy.name, idempotencyKey: id } },
    behaviour: { create: async () => ({ shareRequest: samplePending, clientSecret }) },
  },
  'a creation with invalid input': {
    text: page('CreateShareRequest'),
    variables: { input: { policy: samplePolicy.name, idempotencyKey: 'none' } },
  },
  'a creation that the store fails': {
    text: page('CreateShareRequest'),
    variables: { input: { policy: samplePolicy.name, idempotencyKey: id } },
    behaviour: { create: rejecting(new StoreUnavailable('FULL', '/data')) },
  },
  'a check': {
    text: page('CheckShareRequest'),
    variables: { input, language: 'uk' },
    behaviour: { check: async () => approved },
  },
  'a check that finds nothing': {
    text: page('CheckShareRequest'),
    variables: { input },
    behaviour: { check: rejecting(new ShareRequestNotFound()) },
  },
  'a check that fails': {
    text: page('CheckShareRequest'),
    variables: { input },
    behaviour: { check: rejecting(new Error('The disk is on fire.')) },
  },
  'a cancel': {
    text: page('CancelShareRequest'),
    variables: { input },
    behaviour: { cancel: async () => failed },
  },
  'a cancel beyond the limit': {
    text: page('CancelShareRequest'),
    variables: { input },
    behaviour: { cancel: rejecting(new RateLimited(30)) },
  },
  'a cancel that is too late': {
    text: operations.cancel,
    variables: { input },
    behaviour: { cancel: rejecting(new InvalidTransition('Too late.', approved)) },
  },
  'a subscription': { text: followed, variables: input, behaviour: { events: [samplePending, approved] } },
  'a subscription to a failure': { text: followed, variables: input, behaviour: { events: [failed] } },
  'a subscription whose event has a broken record': {
    text: followed,
    variables: input,
    behaviour: { events: [lost, samplePending, undated] },
  },
  'a read': { text: readAll, variables: { id }, behaviour: { find: async () => approved } },
  'a read of nothing': { text: readAll, variables: { id }, behaviour: { find: async () => null } },
  'a read that fails': {
    text: readAll,
    variables: { id },
    behaviour: { find: rejecting(new Error('The disk is on fire.')) },
  },
  'a read of a record in no state': {
    text: select('id status { version }'),
    variables: { id },
    behaviour: { find: async () => lost },
  },
  'a read of a record without a date': {
    text: readAll,
    variables: { id },
    behaviour: { find: async () => undated },
  },
  'a read of a record without an id': {
    text: readAll,
    variables: { id },
    behaviour: { find: async () => ({ ...approved, id: null }) },
  },
  'a list with a variable that is null where a default stands': {
    text: 'query ($first: Int) { shareRequests(first: $first) { edges { cursor } } }',
    variables: { first: null },
    caller: partner,
    interpreted: true,
  },
  'a list with a variable that is left out where a default stands': {
    text: 'query ($first: Int) { shareRequests(first: $first) { edges { cursor } } }',
    caller: partner,
    behaviour: { list: async () => [samplePending] },
    interpreted: true,
  },
  'a list without the argument that has a default': {
    text: '{ shareRequests { edges { cursor } } }',
    caller: partner,
    behaviour: { list: async () => [samplePending] },
  },
  facts: {
    text: readFacts,
    variables: { id },
    caller: partner,
    behaviour: { find: async () => approved, facts: async () => facts },
  },
  'facts that fail': {
    text: readFacts,
    variables: { id },
    caller: partner,
    behaviour: { find: async () => approved, facts: rejecting(new Error('Portmone says no.')) },
  },
  'an argument out of range': {
    text: select('id facts { ageOver(years: 0) }'),
    variables: { id },
    caller: partner,
    behaviour: { find: async () => approved, facts: async () => facts },
  },
  'a list by the default of its variable': {
    text: operations.list,
    variables: { filter: { status: ['PENDING'] } },
    caller: partner,
    behaviour: { list: async () => [samplePending, approved] },
  },
  'a field left out by a directive': {
    text: 'query ($id: ID!, $all: Boolean!) { shareRequest(id: $id) { id status @include(if: $all) { version } createdBy @skip(if: $all) } }',
    variables: { id, all: false },
    behaviour: { find: async () => approved },
  },
  'a field let in by a directive': {
    text: 'query ($id: ID!, $all: Boolean!) { shareRequest(id: $id) { id status @include(if: $all) { version } createdBy @skip(if: $all) } }',
    variables: { id, all: true },
    behaviour: { find: async () => approved },
  },
  'two mutations, one after the other': {
    text: 'mutation ($input: ShareRequestInput!) { a: checkShareRequest(input: $input) { __typename } b: cancelShareRequest(input: $input) { __typename } c: checkShareRequest(input: $input) { __typename } }',
    variables: { input },
    behaviour: { check: async () => samplePending, cancel: rejecting(new Error('no')) },
    interpreted: true,
  },
  'a mutation in a fragment': {
    text: 'mutation ($input: ShareRequestInput!) { ...Check } fragment Check on Mutation { checkShareRequest(input: $input) { __typename } }',
    variables: { input },
    behaviour: { check: async () => samplePending },
    interpreted: true,
  },
  'the same mutation twice under one name': {
    text: 'mutation ($input: ShareRequestInput!) { checkShareRequest(input: $input) { __typename } checkShareRequest(input: $input) { __typename } }',
    variables: { input },
    behaviour: { check: async () => samplePending },
    interpreted: true,
  },
  'a variable of the wrong type': { text: page('PolicyByName'), variables: { name: 1 } },
  'a missing variable': { text: page('PolicyByName') },
}

const execution = (texts: Iterable<string>, executors: string[], reported: string[]) =>
  createExecution({
    documents: { parse },
    guards: [],
    mask: (error) => toGraphQLError(error, (cause) => String(reported.push((cause as Error).message))),
    compiled: new CompiledOperations(new Set(texts)),
    onExecute: (type, executor) => void executors.push(`${type} by ${executor}`),
    hideSuggestions: false,
  })

/** Runs a case. @returns the results that clients get, the calls in order, and the logged messages. */
async function runCase({ text, variables, behaviour = {}, caller = customer }: Case, compiled: boolean) {
  const calls: string[] = []
  for (const method of ['find', 'list', 'create', 'check', 'cancel', 'facts'] as const) {
    const implementation = behaviour[method] ?? ShareRequests.prototype[method].bind(shareRequests)
    vi.spyOn(shareRequests, method).mockImplementation(async (...args: unknown[]) => {
      calls.push(`${method} begins`)
      await Promise.resolve()
      try {
        return await Reflect.apply(implementation, shareRequests, args)
      } finally {
        calls.push(`${method} ends`)
      }
    })
  }
  vi.spyOn(shareRequests, 'subscribe').mockImplementation(async () => {
    calls.push('subscribe')
    return subscriptionTo(behaviour.events ?? [])
  })
  const executors: string[] = []
  const reported: string[] = []
  const { execute, subscribe } = execution(compiled ? [text] : [], executors, reported)
  const document = parse(text)
  expect(validate(schema, document)).toEqual([])
  const operation = {
    ...{ schema, document, variableValues: variables },
    contextValue: { caller, shareRequests },
  }
  const results = await (text.includes('subscription ')
    ? resultsOf(subscribe(operation))
    : Promise.resolve(execute(operation)).then((result) => [result]))
  return { results: results.map(shownOf), calls, executors, reported }
}

function subscriptionTo(events: object[]): StatusSubscription {
  const subscription = new StatusSubscription(new Topics(), id)
  const iterator = events.values()
  vi.spyOn(subscription, 'next').mockImplementation(async () => {
    const { value, done } = iterator.next()
    return done ? { value: undefined, done } : { value: value as ShareRequest, done: false }
  })
  return subscription
}

async function resultsOf(subscription: ReturnType<Execution['subscribe']>): Promise<ExecutionResult[]> {
  const stream = await subscription
  return Symbol.asyncIterator in stream ? everythingOf(stream) : [stream]
}

const shownOf = (result: ExecutionResult) => JSON.stringify(result).replaceAll(/[0-9a-f-]{36}/g, '(id)')

describe.each(Object.entries(cases))('%s', (_, run) => {
  test('gets the same answer and makes the same calls whether it is compiled or interpreted', async () => {
    const expected = await runCase(run, false)
    const actual = await runCase(run, true)
    expect(actual.results).toEqual(expected.results)
    expect(actual.calls).toEqual(expected.calls)
    expect(actual.reported.length).toBe(expected.reported.length)
    const by = run.interpreted ? 'graphql-tools' : 'graphql-jit'
    expect(actual.executors).toEqual(expected.executors.map((type) => type.replace('graphql-tools', by)))
  })
})
