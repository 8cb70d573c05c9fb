import type { Choices } from './choices.ts'
import { type Known, operation } from './documents.ts'

/** A request over HTTP. */
export interface HttpCase {
  method: string
  path: string
  headers: Record<string, string>
  body: string | Buffer | null
}

/** One action of a client on a socket. */
export type SocketStep = { send: string | Buffer; binary: boolean } | { ping: Buffer }

const paths = [
  ...[
    '/',
    '/secure',
    '/healthz',
    '/readyz',
    '/metrics',
    '/graphql/',
    '/graphql//',
    '/GraphQL',
    '/graphql?query={__typename}',
  ],
  ...[
    '/..%2f..%2fpackage.json',
    '/%00',
    '/%',
    '/assets/../../server/main.ts',
    '/brand.json',
    '/brand-logo',
    '//evil.example/',
  ],
]
const accepts = [
  ...[
    'application/json',
    'application/graphql-response+json',
    'text/event-stream',
    '*/*',
    'text/html',
    'multipart/mixed',
  ],
  ...[
    '',
    'nonsense',
    'application/json;q=0',
    'application/json; charset=utf-16',
    'text/event-stream, application/json',
  ],
]
const contentTypes = [
  ...[
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    'application/x-www-form-urlencoded',
  ],
  ...[
    'multipart/form-data',
    'multipart/form-data; boundary=x',
    'application/graphql',
    'application/json; charset=nonsense',
  ],
]

/** Mostly requests to the GraphQL endpoint, some to other paths. */
export function httpCase(
  choices: Choices,
  known: readonly Known[],
  authorizations: readonly string[],
): HttpCase {
  const headers: Record<string, string> = {
    'content-type': choices.chance(90) ? 'application/json' : choices.pick(contentTypes),
    accept: choices.chance(60) ? 'application/json' : choices.pick(accepts),
  }
  if (choices.chance(25)) headers.authorization = choices.pick(authorizations)
  if (choices.chance(5))
    headers['x-request-id'] = choices.pick(['short', 'x'.repeat(200), 'fit-for-the-log', '{{}}'])
  if (choices.chance(5))
    headers['x-forwarded-for'] = choices.pick(['1.1.1.1', ',,,', '::1, x', 'x'.repeat(1_000)])
  if (choices.chance(5)) headers.origin = choices.pick(['null', 'https://evil.example', 'nonsense', ''])
  if (choices.chance(2)) headers['content-encoding'] = choices.pick(['gzip', 'br', 'identity', 'nonsense'])
  if (choices.chance(2))
    headers.cookie = choices.pick(['verified=x', 'verified=a.b.c', '%00=%', 'verified=%E0%A4%A'])
  if (choices.chance(10)) return elsewhere(choices, known, headers)
  return { method: 'POST', path: '/graphql', headers, body: body(choices, known) }
}

function elsewhere(choices: Choices, known: readonly Known[], headers: HttpCase['headers']): HttpCase {
  const method = choices.pick(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'POST'])
  const path = choices.chance(30) ? '/graphql' : choices.pick(paths)
  if (method !== 'POST') return { method, path, headers, body: null }
  const { id, clientSecret } = choices.pick(known)
  const form = new URLSearchParams({
    id: choices.pick([id, 'x', '']),
    clientSecret: choices.pick([clientSecret, 'x']),
  })
  const isForm = choices.chance(70)
  return {
    method,
    path: isForm ? '/secure' : path,
    headers: isForm ? { ...headers, 'content-type': 'application/x-www-form-urlencoded' } : headers,
    body: choices.chance(80) ? form.toString() : choices.damaged(form.toString()),
  }
}

function body(choices: Choices, known: readonly Known[]): string | Buffer {
  const asked = operation(choices, known)
  const kind = choices.upTo(99)
  if (kind < 70) return JSON.stringify(asked)
  if (kind < 80) return choices.damaged(JSON.stringify(asked))
  if (kind < 84)
    return JSON.stringify({
      ...asked,
      [choices.pick(['variables', 'query', 'extensions', 'more'])]: choices.json(),
    })
  if (kind < 87) return JSON.stringify(choices.some(0, 3, () => operation(choices, known)))
  if (kind < 92) return JSON.stringify(choices.json())
  if (kind < 95) return Buffer.from(choices.some(0, 60, () => choices.upTo(255)))
  if (kind < 97) return `{"query": "{ __typename }", "variables": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`
  return choices.pick([
    '',
    ' ',
    '{',
    'null',
    '[]',
    '"x"',
    '{"query":',
    '\ufeff{}',
    '{"query":"{__typename}","query":1}',
  ])
}

/** Everything that a client sends on one socket. */
export function socketScript(
  choices: Choices,
  known: readonly Known[],
  authorizations: readonly string[],
): SocketStep[] {
  const init = {
    type: 'connection_init',
    payload: choices.chance(15) ? { authorization: choices.pick(authorizations) } : {},
  }
  const opening: SocketStep[] = choices.chance(92) ? [text(JSON.stringify(init))] : []
  return [...opening, ...choices.some(4, 16, () => step(choices, known))]
}

const text = (send: string): SocketStep => ({ send, binary: false })

function step(choices: Choices, known: readonly Known[]): SocketStep {
  const kind = choices.upTo(999)
  const id = `${choices.pick(['', '__proto__', 'constructor', 'x'.repeat(300)])}${choices.upTo(1e9)}`
  const asked = operation(choices, known)
  const { query, variables } = asked
  const subscribe = { id, type: 'subscribe', payload: { query, variables } }
  if (kind < 850) return text(JSON.stringify(subscribe))
  if (kind < 910)
    return text(JSON.stringify({ id, type: choices.pick(['complete', 'ping', 'pong']), payload: {} }))
  if (kind < 960) return { ping: Buffer.from(choices.some(0, 20, () => choices.upTo(255))) }
  // Most of the following steps close the socket.
  if (kind < 965) return text(JSON.stringify({ id, type: 'subscribe', payload: asked }))
  if (kind < 969) return text(JSON.stringify({ id, type: 'subscribe', payload: choices.json() }))
  if (kind < 973) return text(JSON.stringify({ id: choices.json(), type: 'subscribe', payload: { query } }))
  if (kind < 978) return text(JSON.stringify({ type: choices.pick(serversTypes) }))
  if (kind < 982) return text(JSON.stringify(choices.json()))
  if (kind < 988) return text(choices.damaged(JSON.stringify(subscribe)))
  if (kind < 992) return { send: Buffer.from(choices.some(0, 60, () => choices.upTo(255))), binary: true }
  if (kind < 996) return text(`{"type":"ping","payload":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`)
  return text(choices.text())
}

/** Messages that a client may not send, or not twice. */
const serversTypes = ['next', 'error', 'connection_ack', 'connection_init', 'start', 'x']
