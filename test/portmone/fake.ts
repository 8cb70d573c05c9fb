import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type Facts, type Problem, paths, type Share, type Status, type Token } from '../../portmone/wire.ts'
import type { UpstreamCall } from '../../server/portmone/monitor.ts'

/** Answers one request. */
export type Answer = (response: ServerResponse, request: Arrived) => void

export interface Arrived {
  call: UpstreamCall
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: string
}

/** A Portmone Service whose answers the test defines. */
export interface FakePortmone extends AsyncDisposable {
  url: string
  arrived: Arrived[]
  /** How many requests of a call have arrived. */
  count(call: UpstreamCall): number
  /** Resolves when `count` requests of a call have arrived. */
  reach(call: UpstreamCall, count: number): Promise<void>
  /** The next requests of a call get one of these answers each; later ones the answer of `always`, or a valid one. */
  next(call: UpstreamCall, ...answers: Answer[]): void
  always(call: UpstreamCall, answer: Answer): void
  /** How many connections were opened. */
  connections(): number
}

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
      .end(JSON.stringify(body))

export const raw =
  (status: number, body: string, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(body)

export const problem = (status: number, headers: Record<string, string> = {}) =>
  json(status, { error: 'SOME_CODE', message: 'Some explanation.' } satisfies Problem, headers)

export const silence: Answer = () => {}
export const drop: Answer = (response) => void response.socket?.destroy()
/** Announces more bytes than it sends, then cuts the connection. */
export const cutShort: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
  response.write('{"id":', () => response.socket?.destroy())
}

export const token = (accessToken: string, expiresIn = 300) =>
  json(200, { accessToken, expiresIn } satisfies Token)
export const share = json(201, { id: 'share-1', code: 'code-1' } satisfies Share)
export const status = (word: string) => json(200, { id: 'share-1', status: word } satisfies Status)
export const facts = (shared: Facts['facts'], provenAt = '2024-11-24T10:00:00.000Z') =>
  json(200, { provenAt, facts: shared } satisfies Facts)

const calls: Record<string, UpstreamCall> = {
  [paths.token]: 'token',
  [paths.shareRequests]: 'create',
  [paths.shareStatus]: 'status',
  [paths.identityFacts]: 'facts',
}

export async function startFakePortmone({ prefix = '' } = {}): Promise<FakePortmone> {
  const arrived: Arrived[] = []
  const queues: Record<UpstreamCall, Answer[]> = { token: [], create: [], status: [], facts: [] }
  const proper: Record<UpstreamCall, Answer> = {
    token: (...to) => token(`token-${count('token')}`)(...to),
    create: share,
    status: status('PENDING'),
    facts: facts({ fullName: 'Olena Kovalenko' }),
  }
  const standing: Partial<Record<UpstreamCall, Answer>> = {}
  const waiting = new Set<() => void>()
  let connections = 0

  const count = (call: UpstreamCall) => arrived.filter((request) => request.call === call).length

  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    const body = await text(request)
    const call = calls[new URL(url, 'http://fake').pathname.slice(prefix.length)]
    if (call === undefined || !url.startsWith(prefix)) return void response.writeHead(404).end()
    const arrival = { call, method, url, headers, body }
    arrived.push(arrival)
    for (const check of waiting) check()
    const answer = queues[call].shift() ?? standing[call] ?? proper[call]
    answer(response, arrival)
  })
  server.on('connection', () => connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    arrived,
    count,
    reach: (call, wanted) =>
      new Promise((resolve) => {
        const check = () => {
          if (count(call) < wanted) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      }),
    next: (call, ...answers) => void queues[call].push(...answers),
    always(call, answer) {
      standing[call] = answer
    },
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
