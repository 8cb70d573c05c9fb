import type { OperationParams } from '../graphql/operation.ts'
import { isObject, isOperationParams } from '../graphql/operation-params.ts'
import { isDeeperThan, maxNesting } from '../graphql/request-limits.ts'

/** A message of a client, with the members that the protocol specifies and no others. */
export type SocketMessage =
  | { type: 'connection_init'; payload?: Record<string, unknown> }
  | { type: 'ping' | 'pong'; payload?: unknown }
  | SubscribeMessage
  | { type: 'complete'; id: string }

export interface SubscribeMessage {
  type: 'subscribe'
  id: string
  params: OperationParams
}

/** @returns null if `text` is not a message that the protocol allows a client to send. */
export function readMessage(text: string): SocketMessage | null {
  const message = parsed(text)
  if (!isObject(message)) return null
  const { type, id, payload } = message
  switch (type) {
    case 'connection_init':
      if (payload == null) return { type }
      return isObject(payload) ? { type, payload } : null
    case 'ping':
    case 'pong':
      return isDeeperThan(maxNesting, payload) ? { type } : { type, payload }
    case 'subscribe': {
      if (typeof id !== 'string' || id === '' || !isObject(payload)) return null
      const { query, operationName, variables, extensions } = payload
      const params = { query: query ?? '', operationName, variables, extensions }
      return isOperationParams(params) ? { type, id, params } : null
    }
    case 'complete':
      return typeof id === 'string' ? { type, id } : null
    default:
      return null
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
