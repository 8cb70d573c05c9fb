import { hash, randomUUID } from 'node:crypto'
import { comparableInput, type ValidCreateInput } from './create-input.ts'
import { IdempotencyConflict, RateLimited, UpstreamUnavailable, upstreamUnavailable } from './errors.ts'
import { type IdentityService, IdentityServiceError } from './identity-service.ts'
import type { Monitor } from './monitor.ts'
import { type Policy, purposeOnPhone } from './policies.ts'
import type { CallerKind, ShareRequest } from './share-request.ts'
import { type CreationLimit, DuplicateCode, type Store } from './store.ts'
import type { UpstreamBudget } from './upstream-budget.ts'
import type { Watcher } from './watcher.ts'

interface Deps {
  store: Store
  identityService: IdentityService
  monitor: Pick<Monitor, 'created' | 'issuerFailed' | 'failed'>
  watcher: Pick<Watcher, 'scheduleFirstCheck'>
  budget: Pick<UpstreamBudget, 'turn'>
  leaseMs: number
  /** Host that customers see in the address of the page; null if it is not known. */
  publicHost: string | null
}

export interface CreationRequest {
  input: ValidCreateInput
  policy: Policy
  createdBy: CallerKind
  /** The scope of the idempotencyKey. Empty for a customer: those share one scope, in which keys are unguessable. */
  callerId: string
  limits: readonly CreationLimit[]
}

const sha256 = (...values: string[]) => hash('sha256', JSON.stringify(values))

/** Creates share requests at the issuer, each once, however often and by how many callers at once it is requested. */
export class Creation {
  readonly #deps: Deps
  /** Creations in progress, by the hash of the idempotency key: concurrent ones in this process share the call to the issuer. */
  readonly #requesting = new Map<string, Promise<ShareRequest>>()
  readonly #inFlight = new Set<Promise<ShareRequest>>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Throws IdempotencyConflict, RateLimited, UpstreamUnavailable. */
  create(wanted: CreationRequest): Promise<ShareRequest> {
    const creation = this.#create(wanted).finally(() => this.#inFlight.delete(creation))
    this.#inFlight.add(creation)
    return creation
  }

  /** Resolves when no creation is in progress. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#inFlight)
  }

  async #create(wanted: CreationRequest): Promise<ShareRequest> {
    const { input, policy, createdBy, callerId, limits } = wanted
    const { idempotencyKey, ...given } = input
    const idempotencyHash = sha256(createdBy, callerId, idempotencyKey.toLowerCase())
    const reserved = await this.#deps.store.reserve({
      ...given,
      ...{
        id: randomUUID(),
        policy,
        createdBy,
        createdByKeyId: callerId || null,
        leaseMs: this.#deps.leaseMs,
      },
      ...{ idempotencyHash, inputHash: sha256(...comparableInput(input)), limits },
    })
    switch (reserved.kind) {
      case 'exists':
        return reserved.request
      case 'conflict':
        throw new IdempotencyConflict()
      case 'limited':
        throw new RateLimited(Math.ceil(reserved.retryAfterMs / 1000))
      case 'busy': {
        const asking = this.#requesting.get(idempotencyHash)
        if (asking !== undefined) return asking
        throw new UpstreamUnavailable(
          'This share request is already being created. Try again with the same idempotencyKey.',
          true,
        )
      }
      case 'reserved': {
        const asking = this.#requestCode(reserved.id, policy)
        this.#requesting.set(idempotencyHash, asking)
        return asking.finally(() => this.#requesting.delete(idempotencyHash))
      }
    }
  }

  async #requestCode(id: string, policy: Policy): Promise<ShareRequest> {
    const { store, identityService, watcher, budget, monitor, publicHost } = this.#deps
    try {
      await budget.turn('creation')
      const issued = await identityService.createRequest(
        { ...policy, purpose: purposeOnPhone(policy, publicHost) },
        id,
      )
      const expiresAt = store.now() + policy.lifetime * 1000
      const nextWorkAt = watcher.scheduleFirstCheck(expiresAt)
      const request = await store.open(id, { ...issued, expiresAt, nextWorkAt })
      monitor.created(request)
      return request
    } catch (error) {
      // If even this fails, the reservation's lease ends by itself.
      await store.release(id).catch((cause) => monitor.failed('giving up a reservation', cause))
      if (error instanceof DuplicateCode) {
        monitor.failed('creating a share request', error)
        throw new UpstreamUnavailable(`${error.message} Contact the gateway's operator.`, false, {
          cause: error,
        })
      }
      if (!(error instanceof IdentityServiceError)) throw error
      monitor.issuerFailed('creating a share request', id, error)
      throw upstreamUnavailable(error, 'with the same idempotencyKey')
    }
  }
}
