import { isDeeperThan, maxNesting } from '../graphql/request-limits.ts'

/**
 * A message of a client with the members that the protocol gives it and no other: graphql-ws keeps the one that it is
 * given for as long as the operation runs, and of `connection_init` for as long as the socket is open.
 */
export type SocketMessage =
  | { type: 'connection_init' | 'ping' | 'pong'; payload?: unknown }
  | SubscribeMessage
  | { type: 'complete'; id: string }

export interface SubscribeMessage {
  type: 'subscribe'
  id: string
  payload: unknown
}

/** What is no message of a client is returned as its text, which graphql-ws then refuses. */
export function readMessage(text: string): SocketMessage | string {
  const message = parsed(text)
  if (!isObject(message)) return text
  const { type, id, payload } = message
  switch (type) {
    case 'connection_init':
      return { type, payload }
    case 'ping':
    case 'pong':
      return isDeeperThan(maxNesting, payload) ? { type } : { type, payload }
    case 'subscribe':
      return typeof id === 'string' ? { type, id, payload: operationParams(payload) } : text
    case 'complete':
      return typeof id === 'string' ? { type, id } : text
    default:
      return text
  }
}

/** The query is left out where `extensions` have its hash; graphql-ws takes no message without one. */
function operationParams(payload: unknown): unknown {
  if (!isObject(payload)) return payload
  const { query, operationName, variables, extensions } = payload
  return { query: query ?? '', operationName, variables, extensions }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
