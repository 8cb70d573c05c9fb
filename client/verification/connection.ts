import { type Client, createClient } from 'graphql-ws'
import { backoffMs, delay } from '../ui/backoff.ts'

/** Whether the WebSocket of the subscriptions is lost and being reopened. */
export interface Connection {
  isLost(): boolean
  /** @returns a function that stops listening. */
  onChange(listener: () => void): () => void
}

/** For a transport that does not report its state. */
export const unobservedConnection: Connection = { isLost: () => false, onChange: () => () => {} }

/** Milliseconds. */
const pingInterval = 10_000
const pongDeadline = 5_000
const ackDeadline = 10_000

/**
 * A WebSocket to the gateway: opened with the first subscription, closed after the last, reopened whenever it breaks or
 * falls silent. Subscriptions are then renewed. Nothing is created before the first subscription, so that a server can
 * render.
 */
export function connect(url: () => string): { subscribe: Client['subscribe']; connection: Connection } {
  const listeners = new Set<() => void>()
  let lost = false
  const set = (now: boolean) => {
    if (lost === now) return
    lost = now
    for (const listener of listeners) listener()
  }

  let silence: ReturnType<typeof setTimeout> | undefined
  let client: Client | undefined
  const open = () =>
    createClient({
      url,
      keepAlive: pingInterval,
      connectionAckWaitTimeout: ackDeadline,
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      retryWait: (attempt) => new Promise((resolve) => delay(backoffMs(attempt), resolve)),
      on: {
        connected: () => set(false),
        closed: (event) => {
          clearTimeout(silence)
          set(!isNormal(event))
        },
        ping: (received) => {
          if (!received) silence = setTimeout(() => client?.terminate(), pongDeadline)
        },
        pong: (received) => {
          if (received) clearTimeout(silence)
        },
      },
    })

  return {
    subscribe(payload, sink) {
      client ??= open()
      return client.subscribe(payload, sink)
    },
    connection: {
      isLost: () => lost,
      onChange(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
  }
}

/** Whether the client itself has closed, since nobody subscribes any more. */
const isNormal = (event: unknown) =>
  typeof event === 'object' && event !== null && 'code' in event && event.code === 1000
