import { once } from 'node:events'
import { connect } from 'node:net'
import { Pool } from 'undici'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import WebSocket from 'ws'
import { errorCodes } from '../../../server/graphql/error-codes.ts'
import { overHttp } from '../../support/clients.ts'
import { create, operations } from '../../support/operations.ts'
import { type Stage, startStage } from '../../support/stage.ts'
import { sampled } from './choices.ts'
import type { Known } from './documents.ts'
import { type HttpCase, httpCase, type SocketStep, socketScript } from './requests.ts'

/** Another seed tries other cases: FUZZ_SEED=… npm test -- test/security/fuzz */
const seed = Number(process.env.FUZZ_SEED ?? 20_261_124)
const httpCases = 10_500
const socketScripts = 1_000
const rawCases = 500
/** Without an answer for so long, a connection counts as hung. Far longer than an answer takes on a busy machine. */
const hangTimeoutMs = 20_000

let stage: Stage
let known: Known[]
let authorizations: string[]

beforeAll(async () => {
  stage = await startStage({ config: { graphiql: true, introspection: 'partners' } })
  // GraphiQL's megabytes are loaded at the first look, which the test runner makes longer than a case may take.
  await (await fetch(`${stage.gateway.url}/graphql`, { headers: { accept: 'text/html' } })).text()
  const customer = overHttp(stage.gateway.url)
  known = [await create(customer), await create(customer), await create(customer)]
  stage.sandbox.approve((known[1] as { code: string } & Known).code, 'adult')
  const { id, clientSecret } = known[1] as Known
  await customer.run(operations.check, { input: { id, clientSecret } })
  const key = await stage.partnerKey()
  authorizations = [
    ...[`Bearer ${key}`, `bearer ${key}`, `Bearer ${await stage.partnerKey(['share-requests:read'])}`],
    ...[
      key,
      `Bearer ${key}x`,
      'Bearer',
      'Bearer ',
      'Basic eDp5',
      `Bearer ${'x'.repeat(3_000)}`,
      'Bearer a b',
      '',
    ],
  ]
})
afterAll(() => stage[Symbol.asyncDispose]())

/** What no answer may contain: parts of stack traces, paths of the gateway, SQL, internal errors. */
const leaks = [
  ...[
    /\n\s+at /,
    /node_modules/,
    /file:\/\//,
    /\.ts:\d/,
    /\/server\/\w/,
    /\b(select|insert|update) .*share_requests/i,
  ],
  ...[
    /sqlite/i,
    /\bE(CONN|PIPE|ACCES|NOENT)/,
    /(Type|Reference|Range|Internal)Error/,
    /Cannot read prop/,
    /is not a function/,
  ],
  ...[/INTERNAL_SERVER_ERROR/, /Unexpected error/],
]

/** An error code in `answer` that is not registered. */
const unknownCode = (answer: string) =>
  [...answer.matchAll(/"code":"([A-Z_]+)"/g)].find(([, code = '']) => !(code in errorCodes))?.[0]

/** Ignores input that looks like a leak, because it may be echoed to its sender. */
function leakIn(answer: string): string | undefined {
  const leak = leaks.find((pattern) => pattern.test(answer.replaceAll(/drop table share_requests/g, '')))
  return leak === undefined ? unknownCode(answer) : `${leak} in ${answer.slice(0, 500)}`
}

/** Runs `all`, eight at a time. @returns the faults, each with its case. */
async function faultsOf<T>(
  all: readonly T[],
  run: (one: T) => Promise<string | undefined>,
): Promise<string[]> {
  const faults: string[] = []
  const left = all.values()
  const work = async () => {
    for (const one of left) {
      const fault = await run(one)
      if (fault !== undefined) faults.push(`${fault}\n${described(one)}`)
    }
  }
  await Promise.all(Array.from({ length: 8 }, work))
  return faults
}

const described = (value: unknown) => JSON.stringify(value).slice(0, 2_000)

test('survives bad requests over HTTP without a crash, 5xx or leak', { timeout: 120_000 }, async () => {
  const cases = sampled(httpCases, seed, (choices) => httpCase(choices, known, authorizations))
  const pool = new Pool(stage.gateway.url, { connections: 8 })
  onTestFinished(() => pool.destroy())
  const statuses = new Map<number, number>()
  const run = (one: HttpCase) =>
    answerTo(one).catch((error) => {
      if (error.name === 'TimeoutError') return 'no answer in time'
      if (error.name === 'HTTPParserError') return 'an invalid response'
      throw error
    })
  const answerTo = async ({ method, path, headers, body }: HttpCase) => {
    const signal = AbortSignal.timeout(hangTimeoutMs)
    const { statusCode, body: answer } = await pool.request({
      method: method as 'POST',
      path,
      headers,
      body,
      signal,
    })
    statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1)
    let text = ''
    for await (const chunk of answer) {
      text += chunk
      // A stream stays open. Its first event is enough, and a stream of changes may have none.
      if (text.includes('event: next') || body?.includes('shareRequestChanges')) break
    }
    // The built page contains its script, which may match.
    const dynamic = text.replace(/<script type="module">.*<\/script>/s, '')
    return statusCode >= 500 ? `${statusCode}: ${text}` : leakIn(dynamic)
  }
  expect(await faultsOf(cases, run)).toEqual([])
  console.log(`${httpCases} requests over HTTP, by status: ${described([...statuses].sort())}`)
  expect(statuses.get(200)).toBeGreaterThan(httpCases / 4)
})

test('survives bad messages over WebSocket without a crash, hang or leak', { timeout: 120_000 }, async () => {
  const scripts = sampled(socketScripts, seed + 1, (choices) => socketScript(choices, known, authorizations))
  const ends = new Map<string, number>()
  let answers = 0
  let steps = 0
  const run = async (script: SocketStep[]) => {
    const socket = new WebSocket(`${stage.gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    const received: string[] = []
    const unanswered = new Set([...script.flatMap(idOf), 'the last'])
    const answered = new Promise<string>((resolve) => {
      socket.on('message', (data) => {
        received.push(String(data))
        unanswered.delete(JSON.parse(String(data)).id)
        if (unanswered.size === 0) resolve('all answered')
      })
    })
    socket.on('error', () => {})
    const closed = once(socket, 'close').then(([code]) => `closed with ${code}`)
    await once(socket, 'open')
    for (const step of script) {
      if (socket.readyState !== WebSocket.OPEN) break
      if ('ping' in step) socket.ping(step.ping)
      else socket.send(step.send, { binary: step.binary })
      steps += 1
      if (step === script[0] && isInit(step)) await Promise.race([once(socket, 'message'), closed])
    }
    if (socket.readyState === WebSocket.OPEN)
      socket.send(JSON.stringify({ id: 'the last', type: 'subscribe', payload: { query: '{ __typename }' } }))
    const end = await Promise.race([closed, answered, hung()])
    socket.terminate()
    ends.set(end, (ends.get(end) ?? 0) + 1)
    answers += received.length
    return /hung|1006|1011|4500/.test(end) ? end : received.map(leakIn).find((leak) => leak !== undefined)
  }
  expect(await faultsOf(scripts, run)).toEqual([])
  console.log(
    `${steps} messages on ${socketScripts} sockets, ${answers} answers, by end: ${described([...ends].sort())}`,
  )
  expect(steps).toBeGreaterThan(socketScripts * 9)
  expect(ends.get('all answered')).toBeGreaterThan(socketScripts / 2)
})

const isInit = (step: SocketStep) => 'send' in step && String(step.send).includes('"connection_init"')

/** The id of the answer to `step`, if it is an operation. */
function idOf(step: SocketStep): string[] {
  if (!('send' in step)) return []
  try {
    const { id, type, payload } = JSON.parse(String(step.send))
    return type === 'subscribe' && typeof id === 'string' && typeof payload?.query === 'string' ? [id] : []
  } catch {
    return []
  }
}

const hung = () => new Promise<string>((resolve) => setTimeout(resolve, hangTimeoutMs, 'hung').unref())

test('survives malformed HTTP', { timeout: 60_000 }, async () => {
  const port = Number(new URL(stage.gateway.url).port)
  const lines = [
    'POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 26\r\nconnection: close\r\n\r\n{"query":"{ __typename }"}',
    'GET /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n',
    'POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\nconnection: close\r\ncontent-type: application/json\r\n\r\n5\r\n{"que\r\n0\r\n\r\n',
  ]
  const cases = sampled(rawCases, seed + 2, (choices) => choices.damaged(choices.pick(lines)))
  const run = async (bytes: string) => {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    // The server rightly waits for the rest of an incomplete request, so the client hangs up.
    socket.end(bytes)
    await Promise.race([once(socket, 'close'), new Promise((resolve) => setTimeout(resolve, 1_000).unref())])
    socket.destroy()
    return answer.startsWith('HTTP/1.1 5') ? answer : leakIn(answer)
  }
  expect(await faultsOf(cases, run)).toEqual([])
})

test('works as before after all of that input', async () => {
  const customer = overHttp(stage.gateway.url)
  const { id, clientSecret, code } = await create(customer)
  stage.sandbox.approve(code, 'adult')
  const { data } = await customer.run(operations.check, { input: { id, clientSecret } })
  expect(data.checkShareRequest.status.__typename).toBe('ApprovedStatus')
  await expect.poll(() => stage.gateway.subscribers).toBe(0)
  const faults = stage.logs.filter(
    (line) => line.includes('"level":"error"') || line.includes('"level":"fatal"'),
  )
  expect(faults).toEqual([])
})
