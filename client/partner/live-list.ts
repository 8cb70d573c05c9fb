import type { Client } from 'urql'
import { ChangeFeed } from './change-feed.ts'
import {
  conditionsOf,
  conditionsOfCreation,
  type Filter,
  matches,
  matchesCreation,
  noFilter,
} from './filter.ts'
import { type Counts, LiveCounts } from './live-counts.ts'
import { type LoadedList, listOf, withChange, withNextPage } from './loaded-list.ts'
import { type Listed, ShareRequestPage } from './operations.ts'
import type { PartnerClient } from './partner-client.ts'
import { type Problem, problemOf } from './problem.ts'

export interface LiveListState {
  /** Null until it has loaded. While that of another filter is loading, the previous one. */
  list: LoadedList | null
  isLoading: boolean
  /** Ids of those that were added or changed since the list was loaded. */
  changedIds: ReadonlySet<string>
  /** What matches the filter, whatever its result: in all, and by result. Null until they have been counted. */
  counts: Counts | null
  problem: Problem | null
  isLoadingMore: boolean
  /** Whether changes arrive; null while that is not known. */
  isLive: boolean | null
}

/** Changes that arrive within this time are shown together. */
const batchDelayMs = 50
/** When more than this have been added or changed, the list begins anew, so that it does not grow without end. */
const maxChanged = 500

/**
 * The share requests that match a filter, and their numbers. The list is loaded once and kept current by the changes
 * that one subscription delivers. The numbers are the gateway's: they are read again after a change.
 */
export class LiveList {
  readonly #client: Client
  readonly #feed: ChangeFeed
  readonly #startCursor: string
  readonly #listeners = new Set<() => void>()
  readonly #changeListeners = new Set<(changed: Listed | null) => void>()
  /** For each page that is loading, the changes that have arrived meanwhile: the page may be older. */
  readonly #meanwhile = new Set<Listed[]>()
  #state: LiveListState = {
    ...{ list: null, counts: null, problem: null, isLive: null, isLoading: true, isLoadingMore: false },
    changedIds: new Set(),
  }
  #filter: Filter = noFilter
  /** Answers for an earlier list are dropped. */
  #generation = 0
  #batch: Listed[] = []
  #batchTimer: ReturnType<typeof setTimeout> | undefined
  #counts: LiveCounts | null = null

  /** @param startCursor `changesCursor` of a list that was read before. */
  constructor(partner: PartnerClient, startCursor: string) {
    this.#client = partner.client
    this.#startCursor = startCursor
    this.#feed = new ChangeFeed(partner, {
      onChange: (changed) => this.#enqueue(changed),
      onLive: (isLive) => this.#set({ isLive }),
      onGap: () => this.refresh(),
    })
  }

  readonly getState = (): LiveListState => this.#state

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Calls `listener` with each share request that changes, and with null when others may have changed. */
  onChange(listener: (changed: Listed | null) => void): () => void {
    this.#changeListeners.add(listener)
    return () => this.#changeListeners.delete(listener)
  }

  /** Follows the changes. @returns a function that stops it. */
  start(): () => void {
    this.#feed.start(this.#startCursor)
    return () => {
      this.#generation++
      this.#feed.stop()
      this.#batch = []
      clearTimeout(this.#batchTimer)
      this.#counts?.stop()
    }
  }

  /** Loads the list of those that match `filter`. */
  show(filter: Filter): void {
    this.#filter = filter
    this.#set({ isLoading: true })
    this.#reload()
  }

  /** Reads everything again that is shown. */
  refresh(): void {
    this.#reload()
    for (const listener of this.#changeListeners) listener(null)
  }

  loadMore(): void {
    const { list, isLoadingMore } = this.#state
    if (!list?.end || isLoadingMore) return
    this.#set({ isLoadingMore: true })
    this.#loadPage(list.end.cursor)
  }

  /** Shows changes: those that the subscription delivered, or the result of a mutation. */
  apply(changes: readonly Listed[]): void {
    for (const meanwhile of this.#meanwhile) meanwhile.push(...changes)
    for (const changed of changes) for (const listener of this.#changeListeners) listener(changed)
    if (this.#state.list !== null && !this.#state.isLoading) {
      const list = this.#withChanges(this.#state.list, changes)
      const shown = list.items.filter((item) => changes.includes(item)).map(({ id }) => id)
      const changedIds = new Set([...this.#state.changedIds, ...shown])
      const isTooLong = changedIds.size > maxChanged
      if (list !== this.#state.list) this.#set({ list, changedIds: isTooLong ? new Set() : changedIds })
      if (isTooLong) this.#reload()
      // Every share request of the loaded pages has left the list.
      if (list.items.length === 0) this.loadMore()
    }
    if (changes.some((changed) => matchesCreation(this.#filter, changed))) this.#counts?.invalidate()
  }

  #reload(): void {
    this.#generation++
    this.#loadPage(null)
    this.#counts?.stop()
    const creation = conditionsOfCreation(this.#filter)
    this.#counts = new LiveCounts(this.#client, creation, (counts) => this.#set({ counts }))
  }

  /** @param after null loads the first page. */
  async #loadPage(after: string | null): Promise<void> {
    const generation = this.#generation
    const meanwhile: Listed[] = []
    this.#meanwhile.add(meanwhile)
    const variables = { filter: conditionsOf(this.#filter), after }
    const { data, error } = await this.#client.query(ShareRequestPage, variables).toPromise()
    this.#meanwhile.delete(meanwhile)
    if (generation !== this.#generation) return

    const page = data?.shareRequests
    // What is still shown may not match the filter.
    const previous = this.#state.isLoading ? null : this.#state.list
    const loaded = page && (after === null || previous === null ? listOf(page) : withNextPage(previous, page))
    this.#set({
      ...{ isLoading: false, isLoadingMore: false, problem: error ? problemOf(error) : null },
      list: loaded ? this.#withChanges(loaded, meanwhile) : previous,
      ...(loaded && after === null && { changedIds: new Set() }),
    })
  }

  #withChanges(list: LoadedList, changes: readonly Listed[]): LoadedList {
    return changes.reduce((sum, changed) => withChange(sum, changed, matches(this.#filter, changed)), list)
  }

  #enqueue(changed: Listed): void {
    this.#batch.push(changed)
    if (this.#batch.length > 1) return
    this.#batchTimer = setTimeout(() => this.apply(this.#batch.splice(0)), batchDelayMs)
  }

  #set(changes: Partial<LiveListState>): void {
    this.#state = { ...this.#state, ...changes }
    for (const listener of this.#listeners) listener()
  }
}
