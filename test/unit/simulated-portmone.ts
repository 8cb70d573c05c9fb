import type { IdentityFacts } from '../../server/share-requests/facts.ts'
import {
  type FactRequest,
  type IdentityService,
  IdentityServiceError,
  type IdentityStatus,
} from '../../server/share-requests/identity-service.ts'

/** The progress of one call about a code. Times are milliseconds since the epoch. */
export interface UpstreamCall {
  kind: 'status' | 'facts'
  code: string
  askedAt: number
  /** Portmone's answer when the call arrived. */
  answer?: IdentityStatus | 'FACTS' | 'FAILURE'
  /** Whether the answer has reached the gateway. */
  delivered: boolean
  /** Whether the same process had another call about this code in progress. */
  overlaps: boolean
}

interface Share {
  answer: IdentityStatus
  expiresAt: number
}

/**
 * A simulated Portmone without a network. Every call stops at two gates: before Portmone acts on it, and before its
 * answer comes back. The code of a share request is its id.
 */
export class SimulatedPortmone {
  /** Every call about a code, in the order of the calls. */
  readonly calls: UpstreamCall[] = []
  /** The calls that currently fail, and how. */
  readonly failures = new Map<UpstreamCall['kind'] | 'create', IdentityServiceError>()
  readonly #shares = new Map<string, Share>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Codes that customers were shown. */
  get codes(): number {
    return this.#shares.size
  }

  /** The customer's answer. */
  answerOf(code: string): IdentityStatus {
    return this.#share(code).answer
  }

  /** Answers as the customer, once and before the deadline; otherwise does nothing. */
  answer(code: string, answer: 'APPROVED' | 'DECLINED'): void {
    const share = this.#share(code)
    if (share.answer === 'PENDING' && this.#now() < share.expiresAt) share.answer = answer
  }

  /** The service for one process; `gate` releases its calls. */
  reachedThrough(gate: (label: string) => Promise<void>): IdentityService {
    const underWay = new Set<string>()
    const ask = async (kind: UpstreamCall['kind'], code: string) => {
      const call: UpstreamCall = {
        ...{ kind, code, askedAt: this.#now() },
        ...{ delivered: false, overlaps: underWay.has(code) },
      }
      this.calls.push(call)
      underWay.add(code)
      await gate(`${kind} call arrives`)
      const { answer } = this.#share(code)
      const failure =
        this.failures.get(kind) ?? (kind === 'facts' && answer !== 'APPROVED' ? notApproved : undefined)
      call.answer = failure ? 'FAILURE' : kind === 'facts' ? 'FACTS' : answer
      await gate(`${kind} call is answered: ${call.answer}`)
      call.delivered = true
      underWay.delete(code)
      if (failure) throw failure
      return answer
    }
    return {
      createRequest: async (ask: FactRequest, idempotencyKey: string) => {
        await gate('create call arrives')
        const failure = this.failures.get('create')
        const share: Share = { answer: 'PENDING', expiresAt: this.#now() + ask.lifetime * 1000 }
        if (failure === undefined && !this.#shares.has(idempotencyKey))
          this.#shares.set(idempotencyKey, share)
        await gate('create call is answered')
        if (failure !== undefined) throw failure
        return { code: idempotencyKey, issuerRequestId: null }
      },
      statusOf: ({ code }) => ask('status', code),
      factsOf: async ({ code }): Promise<IdentityFacts> => {
        await ask('facts', code)
        return { fullName: 'Olena', dateOfBirth: '1990-01-01', nationality: 'UA', provenAt: this.#now() }
      },
    }
  }

  #share(code: string): Share {
    const share = this.#shares.get(code)
    if (share === undefined) throw new Error(`There is no code ${code}`)
    return share
  }
}

export const unreachable = new IdentityServiceError('UNAVAILABLE', 'Portmone cannot be reached')
const notApproved = new IdentityServiceError('REJECTED', 'it is not approved')
