/**
 * The limit of the platform: `node:http` and `ws` with constant answers. It speaks just enough of the protocols for the
 * load generator, and writes the same bytes as the others.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Handle } from '../operations.ts'
import { approved, type SampleShareRequest, sampleShareRequest } from './sample.ts'

interface Asked {
  query: string
  variables: Partial<Handle> & { input?: Partial<Handle> }
}

const shareRequests = new Map<string, SampleShareRequest>()
const followers = new Map<string, Set<(request: SampleShareRequest) => void>>()

function answerOf(request: SampleShareRequest) {
  const { id, createdAt, expiresAt, policy, version, code } = request
  const { name, purpose, facts, checks } = policy
  const changedAt = time(request.changedAt)
  const expires = time(expiresAt)
  const status =
    request.approved === null
      ? { __typename: 'PendingStatus', version, changedAt, code, expiresAt: expires }
      : {
          __typename: 'ApprovedStatus',
          version,
          changedAt,
          approvedAt: changedAt,
          outcome: request.approved.outcome,
        }
  return {
    id,
    createdAt: time(createdAt),
    expiresAt: expires,
    policy: { name, purpose, facts, checks },
    status,
  }
}

const time = (milliseconds: number) => new Date(milliseconds).toISOString()

function find({ id = '' }: Partial<Handle> = {}): SampleShareRequest {
  const request = shareRequests.get(id)
  if (request === undefined) throw new Error('There is no such share request.')
  return request
}

function answer({ query, variables }: Asked): object {
  if (query.startsWith('mutation CreateShareRequest')) {
    const request = sampleShareRequest()
    shareRequests.set(request.id, request)
    const { clientSecret } = request
    const createShareRequest = {
      __typename: 'CreateShareRequestSuccess',
      clientSecret,
      shareRequest: answerOf(request),
    }
    return { data: { createShareRequest } }
  }
  if (query.startsWith('mutation CheckShareRequest')) {
    const changed = approved(find(variables.input))
    shareRequests.set(changed.id, changed)
    for (const follower of followers.get(changed.id) ?? []) follower(changed)
    return { data: { checkShareRequest: { __typename: 'ShareRequest', ...answerOf(changed) } } }
  }
  if (query.startsWith('query ShareRequest')) return { data: { shareRequest: answerOf(find(variables)) } }
  return { data: { __typename: 'Query' } }
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = JSON.stringify(answer(JSON.parse(Buffer.concat(chunks).toString())))
    const length = Buffer.byteLength(body)
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': length }).end(body)
  })
})

new WebSocketServer({ server }).on('connection', (socket) => {
  socket.on('message', (data) => {
    const { type, id, payload } = JSON.parse(String(data))
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}')
    if (type === 'subscribe') follow(socket, id, payload)
  })
})

function follow(socket: WebSocket, subscription: string, { variables }: Asked): void {
  const next = (request: SampleShareRequest) => {
    const shareRequest = answerOf(request)
    const shareRequestStatus = { __typename: shareRequest.status.__typename, shareRequest }
    const message = { id: subscription, type: 'next', payload: { data: { shareRequestStatus } } }
    socket.send(JSON.stringify(message))
    if (request.approved !== null) socket.send(JSON.stringify({ id: subscription, type: 'complete' }))
  }
  const request = find(variables)
  const following = followers.get(request.id) ?? new Set()
  followers.set(request.id, following.add(next))
  socket.once('close', () => following.delete(next))
  next(request)
}

server.listen(0, '127.0.0.1', () => {
  process.send?.({ listening: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
})
process.once('SIGTERM', () => process.exit())
