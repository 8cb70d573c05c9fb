import * as z from 'zod'
import { type Caller, requireScope, type Scope } from './caller.ts'
import { clientSecretOf, isClientSecret } from './client-secret.ts'
import { commit } from './commit.ts'
import { Creation } from './creation.ts'
import {
  InvalidInput,
  InvalidTransition,
  RequestError,
  ShareRequestNotFound,
  UnknownPolicy,
  UpstreamUnavailable,
  upstreamUnavailable,
} from './errors.ts'
import type { IdentityFacts } from './facts.ts'
import { IdempotencyKey } from './idempotency-key.ts'
import { type IdentityService, IdentityServiceError } from './identity-service.ts'
import type { Monitor } from './monitor.ts'
import type { Policy } from './policies.ts'
import type { RateLimits } from './rate-limits.ts'
import { isTerminal, type ShareRequest } from './share-request.ts'
import { StatusSubscription } from './status-subscription.ts'
import type { ListQuery, Store } from './store.ts'
import type { Topics } from './topics.ts'
import { inNewTrace, inSpan, linksHere, spanAttributes } from './tracing.ts'
import type { Watcher } from './watcher.ts'

export interface ShareRequestsDeps {
  store: Store
  identityService: IdentityService
  watcher: Watcher
  topics: Topics
  policies: readonly Policy[]
  /** The gateway's own secret, from which every clientSecret is derived. */
  gatewaySecret: string
  limits: RateLimits
  monitor: Monitor
  /** How long one creation may take, its upstream calls and their retries included. */
  leaseMs: number
}

const CreateInput = z.object({
  policy: z.string(),
  idempotencyKey: IdempotencyKey,
  reference: z.string().max(200, 'At most 200 characters.').nullish(),
})

export type CreateInput = z.input<typeof CreateInput>

/** Names one share request; a customer proves by the clientSecret that it is theirs. */
export interface ShareRequestCredentials {
  id: string
  clientSecret?: string | null | undefined
}

/** All that can be done with share requests, by whom. Authorisation happens here, the same for every transport. */
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

  /** The policies that `caller` sees and may create from. */
  policies(caller: Caller): Policy[] {
    return this.#deps.policies.filter((policy) => caller.kind === 'PARTNER' || policy.access === 'PUBLIC')
  }

  /**
   * Creates a share request at Portmone, or finds the one that the same caller made with the same idempotencyKey.
   * Throws InvalidInput, UnknownPolicy, RateLimited, IdempotencyConflict, UpstreamUnavailable, RequestError.
   */
  async create(
    caller: Caller,
    rawInput: CreateInput,
  ): Promise<{ shareRequest: ShareRequest; clientSecret: string }> {
    const input = parse(CreateInput, rawInput)
    if (caller.kind === 'PARTNER') requireScope(caller, 'share-requests:write')
    const policies = this.policies(caller)
    const policy = policies.find(({ name }) => name === input.policy)
    if (policy === undefined)
      throw new UnknownPolicy(
        input.policy,
        policies.map(({ name }) => name),
      )
    const callerKey = caller.kind === 'PARTNER' ? `partner:${caller.keyId}` : `customer:${caller.address}`
    await this.#deps.limits.create(callerKey)

    const wanted = {
      policy,
      reference: input.reference ?? null,
      createdBy: caller.kind,
      idempotencyKey: input.idempotencyKey,
      callerId: caller.kind === 'PARTNER' ? caller.keyId : '',
    }
    const shareRequest = await inSpan('create share request', { 'share_request.policy': policy.name }, () =>
      this.#creation.create(wanted),
    )
    return { shareRequest, clientSecret: clientSecretOf(this.#deps.gatewaySecret, shareRequest.id) }
  }

  /** The share request; null where there is none that this caller may see. */
  async find(caller: Caller, handle: ShareRequestCredentials): Promise<ShareRequest | null> {
    return this.#find(caller, handle, 'share-requests:read')
  }

  /** Partner only. Newest first; one more than `query.first` tells that there are more. */
  async list(caller: Caller, query: ListQuery): Promise<ShareRequest[]> {
    requireScope(caller, 'share-requests:read')
    return this.#deps.store.list(query)
  }

  /** Throws ShareRequestNotFound, RateLimited, UpstreamUnavailable. */
  async check(caller: Caller, handle: ShareRequestCredentials): Promise<ShareRequest> {
    const request = await this.#get(caller, handle)
    if (isTerminal(request)) return request
    await this.#deps.limits.check(request.id)
    const result = await inSpan('check share request', spanAttributes(request), () =>
      this.#deps.watcher.check(request.id),
    )
    if (result instanceof IdentityServiceError) throw upstreamUnavailable(result)
    return this.#get(caller, handle)
  }

  /** Asks Portmone first: an approval wins. Throws ShareRequestNotFound, InvalidTransition, RateLimited, UpstreamUnavailable. */
  async cancel(caller: Caller, handle: ShareRequestCredentials): Promise<ShareRequest> {
    const before = await this.#get(caller, handle)
    if (!isOpen(before)) return cancelResult(before)
    return inSpan('cancel share request', spanAttributes(before), () =>
      this.#cancelOpen(caller, handle, before),
    )
  }

  async #cancelOpen(
    caller: Caller,
    handle: ShareRequestCredentials,
    before: ShareRequest,
  ): Promise<ShareRequest> {
    await this.#deps.limits.check(before.id)
    const result = await this.#deps.watcher.check(before.id)
    if (result instanceof IdentityServiceError) throw upstreamUnavailable(result)
    const request = await this.#get(caller, handle)
    if (!isOpen(request)) return cancelResult(request)
    if (result === 'deferred')
      throw new UpstreamUnavailable(
        'Portmone is being asked about this share request right now. Try again.',
        true,
      )
    const cancelled = await commit(this.#deps, request, { type: 'cancel' })
    return cancelled ?? cancelResult(await this.#get(caller, handle))
  }

  /**
   * The share request as it changes, the current version first; ends after a terminal one. Throws ShareRequestNotFound.
   */
  async subscribe(caller: Caller, handle: ShareRequestCredentials): Promise<StatusSubscription> {
    const subscription = new StatusSubscription(this.#deps.topics, handle.id, this.#delivered)
    try {
      const request = await this.#get(caller, handle, 'share-requests:read')
      subscription.offer(request)
      if (!isTerminal(request)) this.#deps.watcher.watch(request.id)
      return subscription
    } catch (error) {
      await subscription.return()
      throw error
    }
  }

  /** Partner with facts:read only, approved only. Pulled from Portmone at each call, kept nowhere. Throws RequestError, UpstreamUnavailable. */
  async facts(caller: Caller, request: ShareRequest): Promise<IdentityFacts> {
    requireScope(caller, 'facts:read')
    if (request.state !== 'APPROVED')
      throw new RequestError(
        'SHARE_REQUEST_NOT_APPROVED',
        `There are facts of an approved share request only; this one is ${request.state}.`,
      )
    try {
      return await this.#deps.identityService.factsOf(request.code)
    } catch (error) {
      throw error instanceof IdentityServiceError ? upstreamUnavailable(error) : error
    }
  }

  readonly #delivered = (request: ShareRequest) => {
    const seconds = (this.#deps.store.now() - request.changedAt) / 1000
    inNewTrace('deliver event', spanAttributes(request), linksHere(), () =>
      this.#deps.monitor.delivered(seconds),
    )
  }

  async #get(
    caller: Caller,
    handle: ShareRequestCredentials,
    scope: Scope = 'share-requests:write',
  ): Promise<ShareRequest> {
    const request = await this.#find(caller, handle, scope)
    if (request === null) throw new ShareRequestNotFound()
    return request
  }

  /**
   * The one place that decides who may see a share request, before it is looked for: so a wrong clientSecret looks like
   * a missing id, and takes as long.
   */
  async #find(
    caller: Caller,
    { id, clientSecret }: ShareRequestCredentials,
    scope: Scope,
  ): Promise<ShareRequest | null> {
    if (clientSecret != null) {
      if (!isClientSecret(this.#deps.gatewaySecret, id, clientSecret)) return null
    } else if (caller.kind === 'CUSTOMER') return null
    else requireScope(caller, scope)
    return this.#deps.store.find(id)
  }
}

const isOpen = (request: ShareRequest) => request.state === 'PENDING' && request.approvedAt === null

/** What a cancel comes to where the share request is no longer open: cancelled before is as good as now. */
function cancelResult(request: ShareRequest): ShareRequest {
  if (request.state === 'CANCELLED') return request
  throw new InvalidTransition(
    request.state === 'PENDING'
      ? 'The customer has approved it already; the outcome is being established.'
      : `It can not be cancelled: it is ${request.state}.`,
    request,
  )
}

function parse<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw new InvalidInput(
    parsed.error.issues.map((issue) => ({
      path: ['input', ...issue.path.map(String)],
      message: issue.message,
    })),
  )
}
