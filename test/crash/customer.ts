import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { overHttp, type Result } from '../support/clients.ts'
import { operations } from '../support/operations.ts'

/** A status that a subscription sent, with the connection that it came over. */
export interface Seen {
  connection: number
  /** When it arrived, in milliseconds since the epoch. */
  at: number
  status: { __typename: string; version: number; changedAt: string }
}

/** What a customer experienced from the first attempt to create until the subscription completed. */
export interface Journey {
  key: string
  id: string
  code: string
  clientSecret: string
  answer: 'approve' | 'decline'
  /** Attempts to create that got no answer, or only "try again". */
  createdInVain: number
  seen: Seen[]
}

export interface Surroundings {
  /** Gateways on one database. */
  gatewayUrls: readonly string[]
  sandboxUrl: string
  /** The control token of the sandbox that is currently running. */
  controlToken: () => string
  /** Aborts all attempts in progress. */
  signal: AbortSignal
}

export interface Plan {
  key: string
  /** Index of the gateway that creates. The subscription goes to the next one, and so does every retry. */
  gateway: number
  answer: Journey['answer']
  /** Milliseconds between the creation and the answer on the phone. */
  answersAfter: number
  /** Whether the page sends a hint, as it does after the SDK's `onSuccess`. */
  hints: boolean
}

/** Creates a share request, follows it and answers it on the phone. Retries everything, whichever process is killed. */
export async function travel(around: Surroundings, plan: Plan): Promise<Journey> {
  const { key, gateway, answer, answersAfter, hints } = plan
  const nextToCreate = rotation(around.gatewayUrls, gateway)
  const { value: created, inVain } = await persist(around.signal, async () => {
    const input = { policy: 'age-over-18', idempotencyKey: key }
    return createdOf(await overHttp(nextToCreate()).run(operations.create, { input }))
  })
  const following = follow(around.signal, rotation(around.gatewayUrls, gateway + 1), created)
  following.catch(() => {}) // Awaited below, unless something fails first.
  await delay(answersAfter, undefined, { signal: around.signal })
  await persist(around.signal, () => answerOnPhone(around, created.code, answer))
  const nextToCheck = rotation(around.gatewayUrls, gateway + 2)
  if (hints)
    await persist(around.signal, async () => {
      const { id, clientSecret } = created
      const input = { id, clientSecret }
      return outcomeOf(await overHttp(nextToCheck()).run(operations.check, { input }), 'checkShareRequest')
    })
  return { ...created, key, answer, createdInVain: inVain, seen: await following }
}

/** Cycles through `urls`. */
export function rotation(urls: readonly string[], first: number): () => string {
  let turn = first
  return () => urls[turn++ % urls.length]!
}

function createdOf(result: Result) {
  const created = outcomeOf(result, 'createShareRequest')
  if (created === undefined) return
  const { shareRequest, clientSecret } = created
  return {
    id: String(shareRequest.id),
    code: String(shareRequest.status.code),
    clientSecret: String(clientSecret),
  }
}

/** The payload; undefined if the gateway says to try again. Throws on any other error. */
function outcomeOf(result: Result, field: string) {
  if (isStoreUnavailable(result.errors)) return
  const payload = result.data?.[field]
  if (payload?.__typename === 'UpstreamUnavailable' && payload.retryable === true) return
  if (payload?.__typename === 'RateLimited') return
  if (payload === undefined || payload === null || 'message' in payload)
    throw new Error(`${field}: ${JSON.stringify(result)}`)
  return payload
}

/** Whether the only error is that the gateway says to try again. */
export const isStoreUnavailable = (errors: unknown) =>
  Array.isArray(errors) &&
  errors.length > 0 &&
  errors.every(({ extensions }) => extensions?.code === 'STORE_UNAVAILABLE' && extensions.retryable === true)

/**
 * Subscribes again whenever the connection breaks or the gateway's store is unavailable, until the subscription
 * completes. Each attempt uses a new connection to the next gateway.
 */
async function follow(
  signal: AbortSignal,
  nextUrl: () => string,
  request: { id: string; clientSecret: string },
): Promise<Seen[]> {
  let connection = 0
  const client = createClient({
    url: () => `${nextUrl().replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: () => delay(40),
    shouldRetry: () => !signal.aborted,
    on: { connected: () => void connection++ },
  })
  const { id, clientSecret } = request
  const seen: Seen[] = []
  const subscribe = async () => {
    for await (const { data, errors } of client.iterate<{ shareRequestStatus: Seen['status'] }>({
      query: operations.follow,
      variables: { id, clientSecret },
    })) {
      if (!data) throw errors
      seen.push({ connection, at: Date.now(), status: data.shareRequestStatus })
    }
    return true
  }
  try {
    await persist(signal, () =>
      subscribe().catch((reason) => {
        if (isStoreUnavailable(reason)) return undefined
        throw new Error(`The subscription of ${id} failed: ${JSON.stringify(reason)}`, { cause: reason })
      }),
    )
    return seen
  } finally {
    await client.dispose()
  }
}

/** @returns true; undefined if the sandbox is down. */
async function answerOnPhone(around: Surroundings, code: string, answer: Journey['answer']) {
  const response = await fetch(`${around.sandboxUrl}/control/answers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${around.controlToken()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ code, answer }),
  })
  // 409: the code was answered, but the sandbox was killed before it could respond. 401: a new sandbox has started.
  if (response.ok || response.status === 409) return true
  if (response.status !== 401)
    throw new Error(`The sandbox says ${response.status}: ${await response.text()}`)
  return
}

/** Retries with backoff until there is a value. Connection errors are retried, too. */
async function persist<T>(signal: AbortSignal, attempt: () => Promise<T | undefined>) {
  for (let inVain = 0; ; inVain++) {
    signal.throwIfAborted()
    try {
      const value = await attempt()
      if (value !== undefined) return { value, inVain }
    } catch (error) {
      // fetch reports connection errors like this.
      if (!(error instanceof TypeError)) throw error
    }
    await delay(Math.min(20 * 2 ** inVain, 500), undefined, { signal })
  }
}
