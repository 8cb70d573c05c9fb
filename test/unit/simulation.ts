import type { Scheduler } from 'fast-check'
import { InvalidTransition, UpstreamUnavailable } from '../../server/share-requests/errors.ts'
import { isTerminal, type ShareRequest } from '../../server/share-requests/share-request.ts'
import type { StatusSubscription } from '../../server/share-requests/status-subscription.ts'
import { VirtualClock } from '../support/clock.ts'
import { samplePolicy } from './samples.ts'
import { SimulatedPortmone, type UpstreamCall, unreachable } from './simulated-portmone.ts'
import { Recording, SimulatedProcess } from './simulated-process.ts'

type RequestAction = 'hint' | 'cancel' | 'subscribe' | 'approve' | 'decline'

/** External events. `request` is the index of a created share request, `key` of an idempotency key; both from 0. */
export type Action =
  | { type: 'pass' | 'step'; milliseconds: number }
  | { type: RequestAction; request: number }
  | { type: 'leave' }
  | { type: 'create'; key: number }
  | { type: 'break' | 'mend'; call: UpstreamCall['kind'] | 'create' }
  | { type: 'stop' | 'kill' }

const customer = { kind: 'CUSTOMER', address: '127.0.0.1' } as const

interface Handle {
  id: string
  clientSecret: string
}

interface Subscriber {
  handle: Handle
  stream: StatusSubscription | null
  left: boolean
  completed: boolean
}

/** A requested cancel: the number of upstream calls before it, and whether Portmone knew of an approval. */
interface Cancel {
  id: string
  callsBefore: number
  approvedBefore: boolean
}

/** Gateway processes one after the other, with simulated Portmone, clock, subscribers and other callers. */
export class Simulation {
  readonly portmone: SimulatedPortmone
  readonly recording = new Recording()
  readonly created: Handle[] = []
  readonly #idsByKey = new Map<number, string>()
  /** The events of all subscribers. */
  readonly received: ShareRequest[] = []
  readonly cancels: Cancel[] = []
  readonly #subscribers: Subscriber[] = []
  readonly #clock = new VirtualClock()
  readonly #scheduler: Scheduler
  readonly #parts: Parameters<typeof SimulatedProcess.start>[0]
  #process!: SimulatedProcess
  /** Total milliseconds by which the clock was set, now and at most. */
  #steppedMs = 0
  #maxSteppedMs = 0
  #up: Promise<void> = Promise.resolve()

  constructor(dataDir: string, scheduler: Scheduler) {
    this.portmone = new SimulatedPortmone(this.#clock.now)
    this.#scheduler = scheduler
    const { portmone, recording } = this
    this.#parts = { clock: this.#clock, scheduler, portmone, recording, dataDir }
  }

  /** Plays the actions, then lets time pass until everything has ended, whether Portmone recovers or not. */
  async run(actions: readonly Action[], getsWell: boolean): Promise<void> {
    await this.#boot()
    for (const key of [0, 1]) this.#inBackground(this.#create(key))
    await this.#drain()
    this.#scheduler.scheduleSequence(
      actions.map((action) => ({
        label: JSON.stringify(action),
        builder: async () => this.#perform(action),
      })),
    )
    await this.#drain()
    if (getsWell) this.portmone.failures.clear()
    this.#step(this.#maxSteppedMs - this.#steppedMs)
    for (let round = 0; round < 100 && !this.#isOver(); round++) {
      this.#clock.advance(2_000)
      await this.#drain()
    }
    if (!this.#isOver()) this.recording.violations.push('not everything came to its end')
    await this.#settle(this.#process.stop())
    await this.#process.kill()
  }

  #isOver() {
    return (
      [...this.recording.versions.keys()].every((id) => isTerminal(this.recording.stored(id))) &&
      this.#subscribers.every(({ left, completed }) => left || completed)
    )
  }

  #perform(action: Action): void {
    if ('request' in action) this.#performOn(this.created[action.request], action.type)
    else if (action.type === 'create') this.#inBackground(this.#create(action.key))
    else if (action.type === 'pass') this.#clock.advance(action.milliseconds)
    else if (action.type === 'step') this.#step(action.milliseconds)
    else if (action.type === 'break') this.portmone.failures.set(action.call, unreachable)
    else if (action.type === 'mend') this.portmone.failures.delete(action.call)
    else if (action.type === 'leave') this.#leave()
    else if (action.type === 'stop') this.#stop()
    else this.#kill()
  }

  #step(milliseconds: number): void {
    this.#clock.step(milliseconds)
    this.#steppedMs += milliseconds
    this.#maxSteppedMs = Math.max(this.#maxSteppedMs, this.#steppedMs)
  }

  #performOn(handle: Handle | undefined, type: RequestAction): void {
    if (handle === undefined) return
    if (type === 'approve') this.portmone.answer(handle.id, 'APPROVED')
    else if (type === 'decline') this.portmone.answer(handle.id, 'DECLINED')
    else if (type === 'hint') this.#inBackground(this.#hint(handle))
    else if (type === 'cancel') this.#inBackground(this.#cancel(handle))
    else {
      const subscriber = { handle, stream: null, left: false, completed: false }
      this.#subscribers.push(subscriber)
      this.#inBackground(this.#follow(subscriber))
    }
  }

  async #create(key: number): Promise<void> {
    await this.#up
    const idempotencyKey = `5d0c2f6e-93b7-4a18-8e4f-c7d19b2a6f0${key}`
    const input = { policy: samplePolicy.name, idempotencyKey }
    const { shareRequest, clientSecret } = await this.#process.shareRequests.create(customer, input)
    const { id } = shareRequest
    const first = this.#idsByKey.get(key)
    if (first === undefined) {
      this.#idsByKey.set(key, id)
      this.created.push({ id, clientSecret })
    } else if (first !== id) this.recording.violations.push('one key gave two share requests')
  }

  async #hint(handle: Handle): Promise<void> {
    await this.#up
    const answer = this.portmone.answerOf(handle.id)
    const process = this.#process
    const hasLearnt = async () => {
      const request = await process.shareRequests.check(customer, handle)
      return request.state !== 'PENDING' || request.approvedAt !== null
    }
    if (answer === 'PENDING') return void (await hasLearnt())
    if ((await hasLearnt()) || !process.runs) return
    // A process that has just joined has no budget yet, and defers hints for some milliseconds.
    this.#clock.advance(100)
    if (!(await hasLearnt()) && process.runs)
      this.recording.violations.push(`a hint did not learn that it is ${answer}`)
  }

  async #cancel(handle: Handle): Promise<void> {
    await this.#up
    const approvedBefore = this.portmone.answerOf(handle.id) === 'APPROVED'
    this.cancels.push({ id: handle.id, callsBefore: this.portmone.calls.length, approvedBefore })
    await this.#process.shareRequests.cancel(customer, handle)
  }

  async #follow(subscriber: Subscriber): Promise<void> {
    await this.#up
    const process = this.#process
    const least = this.recording.stored(subscriber.handle.id).version
    const stream = await process.shareRequests.subscribe(customer, subscriber.handle)
    subscriber.stream = stream
    if (subscriber.left) await stream.return()
    let last: ShareRequest | null = null
    for await (const request of stream) {
      const { version } = request
      if (last === null ? version < least : version !== last.version + 1)
        this.recording.violations.push(
          `a subscriber got version ${version} after ${last?.version ?? `${least} was stored`}`,
        )
      this.received.push(request)
      last = request
    }
    if (last !== null && isTerminal(last)) subscriber.completed = true
    else if (!subscriber.left && process === this.#process && subscriber.stream === stream)
      this.recording.violations.push('a subscription ended before its share request did')
  }

  #leave(): void {
    const subscriber = this.#subscribers.find(({ left, completed }) => !left && !completed)
    if (subscriber === undefined) return
    subscriber.left = true
    this.#inBackground(subscriber.stream?.return())
  }

  #stop(): void {
    const process = this.#process
    if (!process.runs) return
    this.#disconnect()
    this.#up = process.stop().then(() => (process.isAlive ? this.#restart() : undefined))
    this.#reconnect()
  }

  #kill(): void {
    this.#disconnect()
    this.#up = this.#restart()
    this.#reconnect()
  }

  async #restart(): Promise<void> {
    await this.#process.kill()
    await this.#boot()
  }

  #disconnect(): void {
    for (const subscriber of this.#subscribers) {
      const { stream } = subscriber
      subscriber.stream = null
      this.#inBackground(stream?.return())
    }
  }

  #reconnect(): void {
    for (const subscriber of this.#subscribers)
      if (!subscriber.left && !subscriber.completed) this.#inBackground(this.#follow(subscriber))
  }

  /** A caller's request. "Portmone is unavailable" is a valid answer. */
  #inBackground(work: Promise<unknown> | undefined): void {
    work?.catch((error) => {
      if (!(error instanceof UpstreamUnavailable || error instanceof InvalidTransition))
        this.recording.violations.push(`a caller got ${error}`)
    })
  }

  async #boot(): Promise<void> {
    this.#process = await SimulatedProcess.start(this.#parts)
  }

  async #settle(work: Promise<unknown>): Promise<void> {
    let isSettled = false
    void work.finally(() => {
      isSettled = true
    })
    await this.#drain()
    if (!isSettled) this.recording.violations.push('the stop did not come to its end')
  }

  async #drain(): Promise<void> {
    await turn()
    while (this.#scheduler.count() > 0) {
      await this.#scheduler.waitNext(1)
      await turn()
    }
  }
}

/** Resolves when everything left waits for a gate or the clock. The store does no asynchronous I/O. */
const turn = () => new Promise((resolve) => setImmediate(resolve))
