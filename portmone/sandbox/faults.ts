import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { type CallKind, callKinds } from './calls.ts'

const times = z.int().min(1).optional()
const code = z.string().min(1).optional()
const anywhere = { call: z.enum(callKinds).optional(), code, times }

/**
 * How the sandbox is to misbehave. Without `call` every call is hit, without `code` every code, without `times` until
 * it is cleared.
 *
 * - latency: waits `ms` milliseconds, then goes on
 * - unauthorized, rate-limited (`retryAfter` in seconds), server-error: answers 401, 429, 500 and does nothing else
 * - dropped-before: cuts the connection and does nothing else; dropped-after: does what was asked, then cuts it
 * - malformed-json, wrong-types: does what was asked, then answers no JSON, or JSON of another shape
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
    error: 'a token or create call is about no code: leave out the code, or name the call status or facts',
  })
export type Fault = z.infer<typeof Fault>

/** A fault as it is written down by who sets it. */
export type FaultInput = z.input<typeof Fault>

export type Latency = Extract<Fault, { kind: 'latency' }>
export type Outcome = Exclude<Fault, Latency>

/** A fault that is set. `left` is how often it will still be applied; null for until it is cleared. */
export interface SetFault {
  id: string
  fault: Fault
  left: number | null
}

/** The faults that are set, in the order in which they were. */
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

  /** @returns whether there was such a fault */
  remove(id: string): boolean {
    return this.#faults.delete(id)
  }

  /** What is to befall a call: all the latencies that are set for it, and the first other fault. Each counts as applied. */
  take(call: CallKind, code: string | undefined): { delay: number; outcome: Outcome | null } {
    let delay = 0
    let outcome: Outcome | null = null
    for (const set of this.#faults.values()) {
      const { fault } = set
      if (!hits(fault, call, code)) continue
      if (fault.kind === 'latency') delay += fault.ms
      else if (outcome === null) outcome = fault
      else continue
      this.#countDown(set)
    }
    return { delay, outcome }
  }

  #countDown(set: SetFault): void {
    if (set.left === null) return
    set.left -= 1
    if (set.left === 0) this.#faults.delete(set.id)
  }
}

const hits = (fault: Fault, call: CallKind, code: string | undefined) =>
  (fault.call === undefined || fault.call === call) && (fault.code === undefined || fault.code === code)
