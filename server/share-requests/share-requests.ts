import { requireAcceptableText } from './acceptable-text.ts'
import { mayAccess, type ShareRequestCredentials } from './access.ts'
import { type Caller, requireScope, type Scope } from './caller.ts'
import type { ChangeLog } from './change-log.ts'
import { ChangeSubscription, cursorExpired } from './change-subscription.ts'
import { clientSecretOf } from './client-secret.ts'
import { commit } from './commit.ts'
import { type CreateInput, parseCreateInput } from './create-input.ts'
import { Creation } from './creation.ts'
import {
  InvalidTransition,
  RequestError,
  ShareRequestNotFound,
  UnknownPolicy,
  UpstreamUnavailable,
  upstreamUnavailable,
} from './errors.ts'
import type { IdentityFacts } from './facts.ts'
import { maxCount, requireAcceptableFilter, requireListable, type ShareRequestFilter } from './filter.ts'
import { type IdentityService, IdentityServiceError } from './identity-service.ts'
import type { Monitor } from './monitor.ts'
import { networksOf } from './networks.ts'
import type { Policy } from './policies.ts'
import type { RateLimits } from './rate-limits.ts'
import { isTerminal, type ShareRequest } from './share-request.ts'
import { StatusSubscription } from './status-subscription.ts'
import type { ChangeCursor, CreationLimit, ListQuery, OutcomeCounts, Store } from './store.ts'
import type { Topics } from './topics.ts'
import { inNewTrace, inSpan, linksHere, spanAttributes } from './tracing.ts'
import type { UpstreamBudget } from './upstream-budget.ts'
import type { Watcher } from './watcher.ts'

export interface ShareRequestsDeps {
  store: Store
  identityService: IdentityService
  watcher: Watcher
  topics: Topics
  changeLog: ChangeLog
  budget: UpstreamBudget
  policies: readonly Policy[]
  /** The gateway's own secret, from which every clientSecret is derived. */
  gatewaySecret: string
  /** The secret before a rotation, whose clientSecrets are still accepted. */
  previousGatewaySecret?: string | null
  limits: RateLimits
  /** How many share requests one caller may create in a minute. */
  createsPerMinute: number
  monitor: Monitor
  /** How long one creation may take, its upstream calls and their retries included. */
  leaseMs: number
  /** Host that customers see in the address of the page; null if it is not known. */
  publicHost: string | null
}

/** The use cases. They authorise the caller, the same for every transport. */
export class ShareRequests {
  readonly #deps: ShareRequestsDeps
  readonly #creation: Creation

  constructor(deps: ShareRequestsDeps) {
    this.#deps = deps
    this.#creation = new Creation(deps)
  }

  /** Resolves when no creation is in progress. */
  idle(): Promise<void> {
    return this.#creation.idle()
  }

  /** The policies that `caller` sees and may use. */
  policies(caller: Caller): Policy[] {
    return this.#deps.policies.filter((policy) => caller.kind === 'PARTNER' || policy.access === 'PUBLIC')
  }

  /** One of them by its name. Throws RequestError. */
  policy(caller: Caller, name: string): Policy | undefined {
    requireAcceptableText('name', name)
    return this.policies(caller).find((policy) => policy.name === name)
  }

  /**
   * Creates a share request at Portmone, or finds the one that the same caller made with the same idempotencyKey.
   * Throws InvalidInput, UnknownPolicy, RateLimited, IdempotencyConflict, UpstreamUnavailable, RequestError.
   */
  async create(
    caller: Caller,
    rawInput: CreateInput,
  ): Promise<{ shareRequest: ShareRequest; clientSecret: string }> {
    const input = parseCreateInput(rawInput)
    if (caller.kind === 'PARTNER') requireScope(caller, 'share-requests:write')
    const policies = this.policies(caller)
    const policy = policies.find(({ name }) => name === input.policy)
    if (policy === undefined)
      throw new UnknownPolicy(
        input.policy,
        policies.map(({ name }) => name),
      )
    const wanted = {
      ...{ input, policy, createdBy: caller.kind },
      callerId: caller.kind === 'PARTNER' ? caller.keyId : '',
      limits: creationLimits(caller, this.#deps.createsPerMinute),
    }
    const shareRequest = await inSpan('create share request', { 'share_request.policy': policy.name }, () =>
      this.#creation.create(wanted),
    )
    return { shareRequest, clientSecret: clientSecretOf(this.#deps.gatewaySecret, shareRequest.id) }
  }

  /**
   * The share request; null if there is none that this caller may see. Whoever reads a pending one is likely to read it
   * again: it counts as watched for a while. Throws RequestError.
   */
  async find(caller: Caller, credentials: ShareRequestCredentials): Promise<ShareRequest | null> {
    const request = await this.#find(caller, credentials, 'share-requests:read')
    if (request !== null && !isTerminal(request)) this.#deps.watcher.watch(request.id)
    return request
  }

  /** For partners. Newest first; one more than `query.first` if there are more. Throws RequestError. */
  async list(caller: Caller, query: ListQuery): Promise<ShareRequest[]> {
    requireScope(caller, 'share-requests:read')
    await requireListable(this.#deps.store, query)
    return this.#deps.store.list(query)
  }

  /** For partners. How many match, by what came of them; each counted up to `maxCount` + 1. Throws RequestError. */
  async countOutcomes(caller: Caller, filter: ShareRequestFilter): Promise<OutcomeCounts> {
    requireScope(caller, 'share-requests:read')
    await requireListable(this.#deps.store, filter)
    return this.#deps.store.countOutcomes(filter, maxCount + 1)
  }

  /** For partners. The key that created the share request; null for a customer. Throws RequestError. */
  async createdByKey(
    caller: Caller,
    { createdByKeyId }: ShareRequest,
  ): Promise<{ id: string; name: string } | null> {
    requireScope(caller, 'share-requests:read')
    return createdByKeyId === null ? null : this.#deps.store.findPartnerKey(createdByKeyId)
  }

  /** For partners. The place in the log of changes from which on nothing is missed. Throws RequestError. */
  async changeCursor(caller: Caller): Promise<ChangeCursor> {
    requireScope(caller, 'share-requests:read')
    return this.#deps.store.lastChange()
  }

  /**
   * For partners. Every creation and change of a share request that matches the filter: those after the cursor, then each
   * new one; from now on if the cursor is null. Throws RequestError.
   */
  async subscribeToChanges(
    caller: Caller,
    filter: ShareRequestFilter,
    after: ChangeCursor | null,
  ): Promise<ChangeSubscription> {
    requireScope(caller, 'share-requests:read')
    requireAcceptableFilter(filter)
    const { store, changeLog } = this.#deps
    if (after !== null && (await store.changesAfter(after, 1)) === null) throw cursorExpired()
    const cursor = after ?? (await store.lastChange())
    return new ChangeSubscription({ log: changeLog, cursor, filter, now: () => store.now() })
  }

  /** Throws ShareRequestNotFound, RateLimited, UpstreamUnavailable. */
  async check(caller: Caller, credentials: ShareRequestCredentials): Promise<ShareRequest> {
    if (!this.#mayAccess(caller, credentials, 'share-requests:write')) throw new ShareRequestNotFound()
    const { id } = credentials
    const result = await inSpan('check share request', { 'share_request.id': id }, () => this.#check(id))
    const request = result === 'deferred' ? await this.#deps.store.find(id) : result
    if (request === null) throw new ShareRequestNotFound()
    return request
  }

  /** Asks the issuer first: an approval wins. Throws ShareRequestNotFound, InvalidTransition, RateLimited, UpstreamUnavailable. */
  async cancel(caller: Caller, credentials: ShareRequestCredentials): Promise<ShareRequest> {
    const before = await this.#get(caller, credentials, 'share-requests:write')
    if (!isOpen(before)) return cancelResult(before)
    return inSpan('cancel share request', spanAttributes(before), () => this.#cancelOpen(before.id))
  }

  async #cancelOpen(id: string): Promise<ShareRequest> {
    const { store } = this.#deps
    const result = await this.#check(id)
    const request = result === 'deferred' ? await store.find(id) : result
    if (request === null) throw new ShareRequestNotFound()
    if (!isOpen(request)) return cancelResult(request)
    if (result === 'deferred')
      throw new UpstreamUnavailable('A check of this share request is already in progress. Try again.', true)
    const cancelled = (await commit(this.#deps, request, { type: 'cancel' })) ?? (await store.find(id))
    if (cancelled === null) throw new ShareRequestNotFound()
    return cancelResult(cancelled)
  }

  async #check(id: string): Promise<ShareRequest | null | 'deferred'> {
    const result = await this.#deps.watcher.check(id)
    if (result instanceof IdentityServiceError) throw upstreamUnavailable(result)
    return result
  }

  /**
   * The share request as it changes, the current version first; ends after a terminal one. Throws ShareRequestNotFound.
   */
  async subscribe(caller: Caller, credentials: ShareRequestCredentials): Promise<StatusSubscription> {
    const subscription = new StatusSubscription(this.#deps.topics, credentials.id, this.#delivered)
    try {
      const request = await this.#get(caller, credentials, 'share-requests:read')
      subscription.offer(request)
      if (!isTerminal(request)) this.#deps.watcher.watch(request.id)
      return subscription
    } catch (error) {
      await subscription.return()
      throw error
    }
  }

  /**
   * The facts of an approved share request, for partners with facts:read. Fetched from the issuer at each call and
   * stored nowhere. Throws RequestError, RateLimited, UpstreamUnavailable.
   */
  async facts(caller: Caller, request: ShareRequest): Promise<IdentityFacts> {
    const { keyId } = requireScope(caller, 'facts:read')
    if (request.state !== 'APPROVED')
      throw new RequestError(
        'SHARE_REQUEST_NOT_APPROVED',
        `Facts are available only for approved share requests; this one is ${request.state}.`,
      )
    const { limits, budget, identityService, monitor } = this.#deps
    await limits.facts(keyId)
    await budget.turn('facts')
    try {
      const facts = await identityService.factsOf(request)
      monitor.factsRead(keyId, request.id, request.policy.facts)
      return facts
    } catch (error) {
      if (!(error instanceof IdentityServiceError)) throw error
      monitor.issuerFailed('reading facts', request.id, error)
      throw upstreamUnavailable(error)
    }
  }

  readonly #delivered = (request: ShareRequest) => {
    const seconds = (this.#deps.store.now() - request.changedAt) / 1000
    inNewTrace('deliver event', spanAttributes(request), linksHere(), () =>
      this.#deps.monitor.delivered(seconds),
    )
  }

  async #get(caller: Caller, credentials: ShareRequestCredentials, scope: Scope): Promise<ShareRequest> {
    const request = await this.#find(caller, credentials, scope)
    if (request === null) throw new ShareRequestNotFound()
    return request
  }

  async #find(
    caller: Caller,
    credentials: ShareRequestCredentials,
    scope: Scope,
  ): Promise<ShareRequest | null> {
    return this.#mayAccess(caller, credentials, scope) ? this.#deps.store.find(credentials.id) : null
  }

  #mayAccess(caller: Caller, credentials: ShareRequestCredentials, scope: Scope): boolean {
    const { gatewaySecret, previousGatewaySecret } = this.#deps
    const secrets = [gatewaySecret, ...(previousGatewaySecret ? [previousGatewaySecret] : [])]
    return mayAccess(caller, credentials, scope, secrets)
  }
}

function creationLimits(caller: Caller, maxPerMinute: number): CreationLimit[] {
  if (caller.kind === 'PARTNER') return [{ name: `partner:${caller.keyId}`, maxPerMinute }]
  return networksOf(caller.address).map(({ name, allowance }) => ({
    ...{ name: `customer:${name}`, maxPerMinute: maxPerMinute * allowance },
  }))
}

const isOpen = (request: ShareRequest) => request.state === 'PENDING' && request.approvedAt === null

/** The result of a cancel if the share request is no longer open: one that was cancelled before counts as success. */
function cancelResult(request: ShareRequest): ShareRequest {
  if (request.state === 'CANCELLED') return request
  throw new InvalidTransition(
    request.state === 'PENDING'
      ? 'The customer has already approved; the outcome is being determined.'
      : `Cannot be cancelled: already ${request.state}.`,
    request,
  )
}
