import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { overHttp, type Result } from '../clients.ts'
import { operations } from './operations.ts'

/** A status as a subscription sent it, and over which of the client's connections it came. */
export interface Seen {
  connection: number
  status: { __typename: string; version: number }
}

/** What a customer went through from the first attempt to create until the subscription completed. */
export interface Journey {
  key: string
  id: string
  code: string
  clientSecret: string
  answer: 'approve' | 'decline'
  /** Attempts to create of which no answer, or none but "try again", came back. */
  createdInVain: number
  seen: Seen[]
}

export interface Surroundings {
  gatewayUrl: string
  sandboxUrl: string
  /** The control token of the sandbox that runs at the moment. */
  controlToken: () => string
  /** Ends all that is still being tried. */
  signal: AbortSignal
}

export interface Plan {
  key: string
  answer: Journey['answer']
  /** Milliseconds between the creation and the answer on the phone. */
  answersAfter: number
  /** Whether the page tells the gateway that there is an answer, as it does after the SDK's `onSuccess`. */
  hints: boolean
}

/** Creates a share request, follows it, answers it on the phone, all of it stubbornly, whoever dies meanwhile. */
export async function travel(around: Surroundings, plan: Plan): Promise<Journey> {
  const { key, answer, answersAfter, hints } = plan
  const client = overHttp(around.gatewayUrl)
  const { value: created, inVain } = await persist(around.signal, async () =>
    createdOf(await client.run(operations.create, { input: { policy: 'age-over-18', idempotencyKey: key } })),
  )
  const following = follow(around, created)
  following.catch(() => {}) // It is awaited below, unless something fails before.
  await delay(answersAfter, undefined, { signal: around.signal })
  await persist(around.signal, () => answerOnPhone(around, created.code, answer))
  if (hints)
    await persist(around.signal, async () => {
      const { id, clientSecret } = created
      return outcomeOf(
        await client.run(operations.check, { input: { id, clientSecret } }),
        'checkShareRequest',
      )
    })
  return { ...created, key, answer, createdInVain: inVain, seen: await following }
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

/** The payload; undefined where the gateway says to try again. Throws where it says anything else. */
function outcomeOf(result: Result, field: string) {
  const payload = result.data?.[field]
  if (payload?.__typename === 'UpstreamUnavailable' && payload.retryable === true) return
  if (payload === undefined || payload === null || 'message' in payload)
    throw new Error(`${field}: ${JSON.stringify(result)}`)
  return payload
}

/** Subscribes again whenever the connection breaks, until the subscription completes. */
async function follow(around: Surroundings, request: { id: string; clientSecret: string }): Promise<Seen[]> {
  let connection = 0
  const client = createClient({
    url: `${around.gatewayUrl.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: () => delay(40),
    shouldRetry: () => !around.signal.aborted,
    on: { connected: () => void connection++ },
  })
  const { id, clientSecret } = request
  const seen: Seen[] = []
  try {
    for await (const { data, errors } of client.iterate<{ shareRequestStatus: Seen['status'] }>({
      query: operations.follow,
      variables: { id, clientSecret },
    })) {
      if (!data) throw new Error(`The subscription of ${id} failed: ${JSON.stringify(errors)}`)
      seen.push({ connection, status: data.shareRequestStatus })
    }
    return seen
  } finally {
    await client.dispose()
  }
}

/** @returns true; undefined where the sandbox has no say at the moment. */
async function answerOnPhone(around: Surroundings, code: string, answer: Journey['answer']) {
  const response = await fetch(`${around.sandboxUrl}/control/answers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${around.controlToken()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ code, answer }),
  })
  // 409: it was answered, but the sandbox died before it could say so. 401: another one has just taken its place.
  if (response.ok || response.status === 409) return true
  if (response.status !== 401)
    throw new Error(`The sandbox says ${response.status}: ${await response.text()}`)
  return
}

/** Tries until there is a value. What can not be reached, or breaks off, is tried again. */
async function persist<T>(signal: AbortSignal, attempt: () => Promise<T | undefined>) {
  for (let inVain = 0; ; inVain++) {
    signal.throwIfAborted()
    try {
      const value = await attempt()
      if (value !== undefined) return { value, inVain }
    } catch (error) {
      // That is how fetch says it.
      if (!(error instanceof TypeError)) throw error
    }
    await delay(20, undefined, { signal })
  }
}
