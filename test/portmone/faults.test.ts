import { Agent, type Dispatcher } from 'undici'
import { describe, expect, test } from 'vitest'
import type { FaultInput } from '../../portmone/sandbox/faults.ts'
import { canaries } from '../../portmone/sandbox/personas.ts'
import { type Sandbox, startSandbox } from '../../portmone/sandbox/sandbox.ts'
import { paths } from '../../portmone/wire.ts'
import type { UpstreamCall } from '../../server/portmone/monitor.ts'
import {
  IdentityServiceError,
  type IdentityServiceErrorReason,
} from '../../server/share-requests/identity-service.ts'
import { ask, credentials, textOf, type Watched, watchedPortmone } from './client.ts'
import { startUntrusted } from './untrusted-tls-server.ts'

type Outcome = 'ok' | 'PENDING' | IdentityServiceErrorReason
type Fault = (typeof faults)[keyof typeof faults]
type Arriving = Partial<Record<UpstreamCall, number>>

/** How the sandbox misbehaves, at one of its calls. */
const faults = {
  'slow once': { kind: 'latency', ms: 30_000, times: 1 },
  'slow forever': { kind: 'latency', ms: 30_000 },
  '401 once': { kind: 'unauthorized', times: 1 },
  '401 forever': { kind: 'unauthorized' },
  '429, come at once': { kind: 'rate-limited', retryAfter: 0, times: 1 },
  '429, come in 60 s': { kind: 'rate-limited', retryAfter: 60 },
  '500 once': { kind: 'server-error', times: 1 },
  '500 forever': { kind: 'server-error' },
  'dropped before it acted': { kind: 'dropped-before', times: 1 },
  'dropped after it acted': { kind: 'dropped-after', times: 1 },
  'dropped forever': { kind: 'dropped-after' },
  'malformed JSON': { kind: 'malformed-json' },
  'wrong types': { kind: 'wrong-types' },
  'unknown status': { kind: 'unknown-status', word: 'UNDER_REVIEW' },
  'facts gone': { kind: 'facts-missing' },
  'bad certificate': 'bad certificate',
} as const satisfies Record<string, FaultInput | 'bad certificate'>

/**
 * The outcome of the fault for the client's caller, and how many calls arrive at Portmone. The token call is part of a
 * creation.
 */
// biome-ignore format: a table
const matrix: readonly [call: UpstreamCall, fault: keyof typeof faults, outcome: Outcome, arriving: Arriving][] = [
  ['token',  'slow once',               'ok',                  { token: 2, create: 1 }],
  ['token',  'slow forever',            'UNAVAILABLE',         { token: 3 }],
  ['token',  '401 once',                'CREDENTIALS_REFUSED', { token: 1 }],
  ['token',  '401 forever',             'CREDENTIALS_REFUSED', { token: 1 }],
  ['token',  '429, come at once',       'ok',                  { token: 2, create: 1 }],
  ['token',  '429, come in 60 s',       'UNAVAILABLE',         { token: 1 }],
  ['token',  '500 once',                'ok',                  { token: 2, create: 1 }],
  ['token',  '500 forever',             'UNAVAILABLE',         { token: 3 }],
  ['token',  'dropped before it acted', 'ok',                  { token: 2, create: 1 }],
  ['token',  'dropped after it acted',  'ok',                  { token: 2, create: 1 }],
  ['token',  'dropped forever',         'UNAVAILABLE',         { token: 3 }],
  ['token',  'malformed JSON',          'UNAVAILABLE',         { token: 1 }],
  ['token',  'wrong types',             'UNAVAILABLE',         { token: 1 }],
  ['token',  'bad certificate',         'UNAVAILABLE',         {}],

  ['create', 'slow once',               'ok',                  { token: 1, create: 2 }],
  ['create', 'slow forever',            'UNAVAILABLE',         { token: 1, create: 3 }],
  ['create', '401 once',                'ok',                  { token: 2, create: 2 }],
  ['create', '401 forever',             'CREDENTIALS_REFUSED', { token: 2, create: 2 }],
  ['create', '429, come at once',       'ok',                  { token: 1, create: 2 }],
  ['create', '429, come in 60 s',       'UNAVAILABLE',         { token: 1, create: 1 }],
  ['create', '500 once',                'ok',                  { token: 1, create: 2 }],
  ['create', '500 forever',             'UNAVAILABLE',         { token: 1, create: 3 }],
  ['create', 'dropped before it acted', 'ok',                  { token: 1, create: 2 }],
  ['create', 'dropped after it acted',  'ok',                  { token: 1, create: 2 }],
  ['create', 'dropped forever',         'UNAVAILABLE',         { token: 1, create: 3 }],
  ['create', 'malformed JSON',          'UNAVAILABLE',         { token: 1, create: 1 }],
  ['create', 'wrong types',             'INVALID_ANSWER',      { token: 1, create: 1 }],
  ['create', 'bad certificate',         'UNAVAILABLE',         { token: 1 }],

  ['status', 'slow once',               'ok',                  { status: 2 }],
  ['status', 'slow forever',            'UNAVAILABLE',         { status: 3 }],
  ['status', '401 once',                'UNAVAILABLE',         { status: 1 }],
  ['status', '401 forever',             'UNAVAILABLE',         { status: 1 }],
  ['status', '429, come at once',       'ok',                  { status: 2 }],
  ['status', '429, come in 60 s',       'UNAVAILABLE',         { status: 1 }],
  ['status', '500 once',                'ok',                  { status: 2 }],
  ['status', '500 forever',             'UNAVAILABLE',         { status: 3 }],
  ['status', 'dropped before it acted', 'ok',                  { status: 2 }],
  ['status', 'dropped after it acted',  'ok',                  { status: 2 }],
  ['status', 'dropped forever',         'UNAVAILABLE',         { status: 3 }],
  ['status', 'malformed JSON',          'UNAVAILABLE',         { status: 1 }],
  ['status', 'wrong types',             'INVALID_ANSWER',      { status: 1 }],
  ['status', 'unknown status',          'PENDING',             { status: 1 }],
  ['status', 'bad certificate',         'UNAVAILABLE',         {}],

  ['facts',  'slow once',               'ok',                  { token: 1, facts: 2 }],
  ['facts',  'slow forever',            'UNAVAILABLE',         { token: 1, facts: 3 }],
  ['facts',  '401 once',                'ok',                  { token: 2, facts: 2 }],
  ['facts',  '401 forever',             'CREDENTIALS_REFUSED', { token: 2, facts: 2 }],
  ['facts',  '429, come at once',       'ok',                  { token: 1, facts: 2 }],
  ['facts',  '429, come in 60 s',       'UNAVAILABLE',         { token: 1, facts: 1 }],
  ['facts',  '500 once',                'ok',                  { token: 1, facts: 2 }],
  ['facts',  '500 forever',             'UNAVAILABLE',         { token: 1, facts: 3 }],
  ['facts',  'dropped before it acted', 'ok',                  { token: 1, facts: 2 }],
  ['facts',  'dropped after it acted',  'ok',                  { token: 1, facts: 2 }],
  ['facts',  'dropped forever',         'UNAVAILABLE',         { token: 1, facts: 3 }],
  ['facts',  'malformed JSON',          'UNAVAILABLE',         { token: 1, facts: 1 }],
  ['facts',  'wrong types',             'INVALID_ANSWER',      { token: 1, facts: 1 }],
  ['facts',  'facts gone',              'UNKNOWN_CODE',        { token: 1, facts: 1 }],
  ['facts',  'bad certificate',         'UNAVAILABLE',         { token: 1 }],
]

const partner = { ...credentials, name: 'Bank of Canaries' }
const idempotencyKey = '7f3f5f60-1111-4222-8333-944445555666'

const askFor: Record<UpstreamCall, (client: Watched, code: string) => Promise<unknown>> = {
  token: ({ portmone }) => portmone.createRequest(ask, idempotencyKey),
  create: ({ portmone }) => portmone.createRequest(ask, idempotencyKey),
  status: ({ portmone }, code) => portmone.statusOf({ code, issuerRequestId: null }),
  facts: ({ portmone }, code) => portmone.factsOf({ code, issuerRequestId: null }),
}

describe.each(matrix)('%s, %s', (call, fault, outcome, arriving) => {
  test(`is ${outcome}, after ${JSON.stringify(arriving)}; then it works again`, async () => {
    await using sandbox = await startSandbox({ partners: [partner] })
    const code = await approvedCode(sandbox)
    const before = arrivedAt(sandbox)
    await using trouble = await troubleWith(sandbox, call, faults[fault])
    await using client = watchedPortmone(sandbox.url, {
      ...(fault.startsWith('slow') && { timeouts: { attempt: 400 } }),
      ...trouble.through,
    })

    const came = await outcomeOf(askFor[call](client, code))
    expect(came.outcome).toBe(outcome)
    expect(arrivedAt(sandbox, before)).toEqual({ ...none, ...arriving })
    expect(client.portmone.circuit).toBe('closed')

    const shown = textOf(client) + (came.failure ? textOf(came.failure) : '')
    for (const secret of [credentials.clientSecret, idempotencyKey, code, ...canaries])
      expect(shown).not.toContain(secret)

    trouble.end()
    expect(await outcomeOf(askFor[call](client, code))).toMatchObject({ outcome: 'ok' })
  })
})

test('the matrix has a row for every fault at every call that it applies to', () => {
  const only: Partial<Record<keyof typeof faults, UpstreamCall>> = {
    'unknown status': 'status',
    'facts gone': 'facts',
  }
  const pairs = keysOf(askFor).flatMap((call) =>
    keysOf(faults)
      .filter((fault) => (only[fault] ?? call) === call)
      .map((fault) => `${call}, ${fault}`),
  )
  expect(matrix.map(([call, fault]) => `${call}, ${fault}`).sort()).toEqual(pairs.sort())
})

const keysOf = <K extends string>(record: Record<K, unknown>) => Object.keys(record) as K[]

test('a creation whose answer is lost does not ask the customer twice', async () => {
  const log: string[] = []
  await using sandbox = await startSandbox({ partners: [partner], log: (line) => void log.push(line) })
  await using client = watchedPortmone(sandbox.url)
  sandbox.misbehave({ kind: 'dropped-after', call: 'create' })
  expect(await outcomeOf(client.portmone.createRequest(ask, idempotencyKey))).toMatchObject({
    outcome: 'UNAVAILABLE',
  })
  sandbox.clearFaults()
  const { code } = await client.portmone.createRequest(ask, idempotencyKey)
  expect(log).toHaveLength(4)
  for (const line of log) expect(line).toContain(code)
})

async function approvedCode(sandbox: Sandbox): Promise<string> {
  await using client = watchedPortmone(sandbox.url)
  const { code } = await client.portmone.createRequest(ask, 'another key')
  sandbox.approve(code)
  return code
}

const none: Record<UpstreamCall, number> = { token: 0, create: 0, status: 0, facts: 0 }

/** How many calls of each kind have arrived, since `before`. */
const arrivedAt = (sandbox: Sandbox, before = none): Record<UpstreamCall, number> => ({
  token: sandbox.calls('token').count - before.token,
  create: sandbox.calls('create').count - before.create,
  status: sandbox.calls('status').count - before.status,
  facts: sandbox.calls('facts').count - before.facts,
})

interface Trouble extends AsyncDisposable {
  /** The dispatcher that the client uses. */
  through: { dispatcher?: Dispatcher }
  end(): void
}

async function troubleWith(sandbox: Sandbox, call: UpstreamCall, fault: Fault): Promise<Trouble> {
  if (fault === 'bad certificate') return misledToBadCertificate(call)
  sandbox.misbehave(
    fault.kind === 'unknown-status' || fault.kind === 'facts-missing' ? fault : { ...fault, call },
  )
  return { through: {}, end: () => sandbox.clearFaults(), async [Symbol.asyncDispose]() {} }
}

/** Sends one call to a server with an untrusted certificate. */
async function misledToBadCertificate(call: UpstreamCall): Promise<Trouble> {
  const untrusted = await startUntrusted()
  const agent = new Agent()
  let misleads = true
  const dispatcher = agent.compose((dispatch) => (options, handler) => {
    const misled = misleads && options.path.startsWith(pathOf[call])
    return dispatch(misled ? { ...options, origin: untrusted.url } : options, handler)
  })
  return {
    through: { dispatcher },
    end() {
      misleads = false
    },
    async [Symbol.asyncDispose]() {
      await agent.destroy()
      await untrusted[Symbol.asyncDispose]()
    },
  }
}

const pathOf: Record<UpstreamCall, string> = {
  token: paths.token,
  create: paths.shareRequests,
  status: paths.shareStatus,
  facts: paths.identityFacts,
}

/** `ok` for a valid answer: the code, the status of an approved code, its facts. */
async function outcomeOf(
  call: Promise<unknown>,
): Promise<{ outcome: Outcome; failure?: IdentityServiceError }> {
  try {
    const answer = await call
    if (answer === 'PENDING') return { outcome: 'PENDING' }
    expect(answer).toSatisfy(isProper)
    return { outcome: 'ok' }
  } catch (failure) {
    if (!(failure instanceof IdentityServiceError)) throw failure
    return { outcome: failure.reason, failure }
  }
}

const isProper = (answer: unknown) =>
  answer === 'APPROVED' ||
  (typeof answer === 'object' && answer !== null && ('code' in answer || 'fullName' in answer))
