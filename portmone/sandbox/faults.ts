import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { type CallKind, callKinds } from './calls.ts'

const times = z.int().min(1).optional()
const code = z.string().min(1).optional()
const anywhere = { call: z.enum(callKinds).optional(), code, times }

/**
 * How the sandbox misbehaves. Without `call` it applies to every call, without `code` to every code, without `times`
 * until it is cleared.
 *
 * - latency: waits `ms` milliseconds, then continues
 * - unauthorized, rate-limited (`retryAfter` in seconds), server-error: answers 401, 429 or 500 and does nothing else
 * - dropped-before: drops the connection and does nothing else; dropped-after: handles the call, then drops it
 * - malformed-json, wrong-types: handles the call, then answers invalid JSON, or JSON of another shape
 * - unknown-status: answers the status call with `word`
 * - foreign-id: answers the status call with the id of another share request
 * - facts-missing: answers the facts call with 404
 */
export const Fault = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('latency'), ms: z.number().min(0).max(600_000), ...anywhere }),
    z.strictObject({ kind: z.literal('rate-limited'), retryAfter: z.int().min(0), ...anywhere }),
    z.strictObject({
      kind: z.enum([
        'unauthorized',
        'server-error',
        'dropped-before',
        'dropped-after',
        'malformed-json',
        'wrong-types',
      ]),
      ...anywhere,
    }),
    z.strictObject({
      kind: z.literal('unknown-status'),
      word: z.string().min(1).default('UNDER_REVIEW'),
      call: z.literal('status').default('status'),
      ...{ code, times },
    }),
    z.strictObject({
      kind: z.literal('foreign-id'),
      call: z.literal('status').default('status'),
      ...{ code, times },
    }),
    z.strictObject({
      kind: z.literal('facts-missing'),
      call: z.literal('facts').default('facts'),
      ...{ code, times },
    }),
  ])
  .refine((fault) => fault.code === undefined || (fault.call !== 'token' && fault.call !== 'create'), {
    path: ['code'],
    error: 'token and create calls have no code: leave out the code, or set call to status or facts',
  })
export type Fault = z.infer<typeof Fault>

/** A fault as it is given, before defaults apply. */
export type FaultInput = z.input<typeof Fault>

export type Latency = Extract<Fault, { kind: 'latency' }>
export type Misbehaviour = Exclude<Fault, Latency>

/** A fault that is set. `left` counts how many times it still applies; null means until it is cleared. */
export interface SetFault {
  id: string
  fault: Fault
  left: number | null
}

/** The faults that are set, oldest first. */
export class Faults {
  readonly #faults = new Map<string, SetFault>()

  /** @returns the fault's id */
  set(fault: Fault): string {
    const id = randomUUID()
    this.#faults.set(id, { id, fault, left: fault.times ?? null })
    return id
  }

  list(): SetFault[] {
    return [...this.#faults.values()].map((set) => ({ ...set }))
  }

  clear(): void {
    this.#faults.clear()
  }

  /** @returns whether it was set */
  remove(id: string): boolean {
    return this.#faults.delete(id)
  }

  /** What applies to a call: all its latencies, and its first other fault. Each counts as applied. */
  take(call: CallKind, code: string | undefined): { delay: number; misbehaviour: Misbehaviour | null } {
    let delay = 0
    let misbehaviour: Misbehaviour | null = null
    for (const set of this.#faults.values()) {
      const { fault } = set
      if (!applies(fault, call, code)) continue
      if (fault.kind === 'latency') delay += fault.ms
      else if (misbehaviour === null) misbehaviour = fault
      else continue
      this.#countDown(set)
    }
    return { delay, misbehaviour }
  }

  #countDown(set: SetFault): void {
    if (set.left === null) return
    set.left -= 1
    if (set.left === 0) this.#faults.delete(set.id)
  }
}

const applies = (fault: Fault, call: CallKind, code: string | undefined) =>
  (fault.call === undefined || fault.call === call) && (fault.code === undefined || fault.code === code)
