import type { Client } from 'urql'
import { readFragment } from '../generated/partner/fragment-masking.ts'
import type { ShareRequestCountsQuery, ShareRequestFilter } from '../generated/partner/graphql.ts'
import { Count, ShareRequestCounts } from './operations.ts'
import type { Result } from './states.ts'

/** A number; with `isExact` false there are more. */
export interface CountOf {
  value: number
  isExact: boolean
}
export type Counts = Record<Result | 'ALL', CountOf>

/** From a change to the next count. */
const delayMs = 500

/** How many share requests match a filter, in all and by result. The gateway counts, again after changes. */
export class LiveCounts {
  readonly #client: Client
  readonly #filter: ShareRequestFilter
  readonly #onCounts: (counts: Counts) => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #isCounting = false
  #isStale = false
  #isStopped = false

  constructor(client: Client, filter: ShareRequestFilter, onCounts: (counts: Counts) => void) {
    this.#client = client
    this.#filter = filter
    this.#onCounts = onCounts
    this.#count()
  }

  /** A share request that matches the filter has changed. */
  invalidate(): void {
    this.#isStale = true
    if (this.#isStopped || this.#isCounting) return
    this.#timer ??= setTimeout(() => this.#count(), delayMs)
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  async #count(): Promise<void> {
    this.#timer = undefined
    this.#isStale = false
    this.#isCounting = true
    const { data } = await this.#client.query(ShareRequestCounts, { filter: this.#filter }).toPromise()
    this.#isCounting = false
    if (this.#isStopped) return
    if (data?.shareRequests) this.#onCounts(countsOf(data.shareRequests))
    if (this.#isStale) this.invalidate()
  }
}

function countsOf({ totalCount, outcomes }: NonNullable<ShareRequestCountsQuery['shareRequests']>): Counts {
  return {
    ALL: readFragment(Count, totalCount),
    PENDING: readFragment(Count, outcomes.pending),
    PASSED: readFragment(Count, outcomes.passed),
    NOT_PASSED: readFragment(Count, outcomes.notPassed),
    DECLINED: readFragment(Count, outcomes.declined),
    EXPIRED: readFragment(Count, outcomes.expired),
    CANCELLED: readFragment(Count, outcomes.cancelled),
    FAILED: readFragment(Count, outcomes.failed),
  }
}
