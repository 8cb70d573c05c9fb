import { Pool } from 'undici'
import type { SendBy } from '../operations.ts'
import { HttpLoad } from './http.ts'
import { Sockets } from './sockets.ts'

export interface VerificationRun {
  /** The gateway or another contestant. */
  url: string
  sandboxUrl: string
  controlToken: string
  count: number
  atOnce: number
  /** Whether the page hints after the approval, as ours does. */
  hints: boolean
  sendBy: SendBy
}

/** In milliseconds, except `seconds`. */
export interface VerificationTimes {
  seconds: number
  creates: number[]
  /** From the approval on the phone to the event. */
  events: number[]
  health: number[]
}

const healthIntervalMs = 20

/** Whole verifications: each customer creates, subscribes on a socket, approves on the phone, hints, and gets the event. */
export async function verify(run: VerificationRun): Promise<VerificationTimes> {
  const http = new HttpLoad(run.url, run.atOnce, run.sendBy)
  const phone = new Pool(run.sandboxUrl, { connections: run.atOnce })
  const times: VerificationTimes = { seconds: 0, creates: [], events: [], health: [] }
  const timed = async <Result>(work: Promise<Result>, into: number[]) => {
    const begin = performance.now()
    const result = await work
    into.push(performance.now() - begin)
    return result
  }
  const verifyOne = async () => {
    const { handles } = await timed(http.create(1), times.creates)
    const sockets = new Sockets()
    await sockets.open(run.url, handles, 1, run.sendBy)
    await approve(phone, run.controlToken, handles[0]!.code)
    const event = timed(sockets.completed([handles[0]!.id]), times.events)
    if (run.hints) await http.check(handles)
    await event
    await sockets.close()
  }
  let left = run.count
  const customer = async () => {
    while (left-- > 0) await verifyOne()
  }
  const over = new AbortController()
  const health = watchHealth(run.url, over.signal, times.health)
  const begin = performance.now()
  await Promise.all(Array.from({ length: run.atOnce }, customer))
  times.seconds = (performance.now() - begin) / 1_000
  over.abort()
  await Promise.all([health, http.close(), phone.close()])
  return times
}

async function approve(phone: Pool, controlToken: string, code: string): Promise<void> {
  const { statusCode, body } = await phone.request({
    path: '/control/answers',
    method: 'POST',
    headers: { authorization: `Bearer ${controlToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ code, answer: 'approve' }),
  })
  const text = await body.text()
  if (statusCode !== 204) throw new Error(`The sandbox answered ${statusCode} to an approval: ${text}`)
}

/** Requests /healthz continuously. The latency shows how long the event loop was busy. */
async function watchHealth(url: string, over: AbortSignal, times: number[]): Promise<void> {
  const pool = new Pool(url, { connections: 1 })
  while (!over.aborted) {
    const begin = performance.now()
    const { body } = await pool.request({ path: '/healthz', method: 'GET' })
    await body.dump()
    times.push(performance.now() - begin)
    await new Promise((resolve) => setTimeout(resolve, healthIntervalMs))
  }
  await pool.close()
}
