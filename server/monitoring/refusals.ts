import type { GraphQLError } from 'graphql'
import { Counter, type Registry } from 'prom-client'
import type { UserError } from '../share-requests/errors.ts'
import { currentRequest } from './log.ts'
import type { LogLimiter } from './log-limiter.ts'

/** Codes of failures of our own, which are logged with their cause. */
const failures = new Set(['INTERNAL_SERVER_ERROR', 'STORE_UNAVAILABLE'])
/** Refusals for lack of permission. */
const denials = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'HOST_NOT_ALLOWED', 'ORIGIN_NOT_ALLOWED'])

/** Counts refusals by code, and logs them once per second, code and partner key. */
export class Refusals {
  readonly #log: LogLimiter
  readonly #counter: Counter<'code'>
  /** Counted errors by request: some errors pass several places, and some are shared. */
  readonly #counted = new WeakMap<object, WeakSet<object>>()

  constructor(log: LogLimiter, registry: Registry) {
    this.#log = log
    this.#counter = new Counter({
      name: 'portmone_refusals_total',
      help: 'Requests, operations, fields and connections that were refused, by error code or reason.',
      labelNames: ['code'],
      registers: [registry],
    })
  }

  /** @param code an error code, or the reason of a refusal that has none; never a caller's own text. */
  readonly add = (code: string): void => {
    this.#counter.inc({ code })
    if (failures.has(code)) return
    const keyId = currentRequest.getStore()?.keyId
    this.#log.write(
      denials.has(code) ? 'warn' : 'info',
      `refused ${code} ${keyId ?? ''}`,
      { reason: code, ...(keyId !== undefined && { keyId }) },
      'refused',
    )
  }

  /** Adds an error that is a member of a union, with the code that it would have elsewhere. */
  readonly addUserError = ({ name }: UserError): void =>
    this.add(name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase())

  /** Adds each error of a result that has a code, once in a request. */
  readonly addErrors = (errors: readonly GraphQLError[]): void => {
    const request = currentRequest.getStore()
    const counted = (request && this.#counted.get(request)) ?? new WeakSet()
    if (request) this.#counted.set(request, counted)
    for (const error of errors) {
      const code = error.extensions.code
      if (typeof code !== 'string' || counted.has(error)) continue
      counted.add(error)
      this.add(code)
    }
  }
}
